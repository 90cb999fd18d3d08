import { describe, expect, it } from 'vitest';
import { sniff } from './sniff.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)));
const named = (head: Uint8Array): string | undefined => {
  const found = sniff(head);
  return found?.kind === 'picture' ? found.format : found?.container;
};

describe('sniff', () => {
  it.each([
    ['mov', bytes([0, 0, 0, 32], 'ftypisom', [0, 0, 2, 0], 'isomiso2avc1mp41')],
    ['mov', bytes([0, 0, 0, 20], 'ftypqt  ', [0, 0, 0, 0], 'qt  ')],
    ['mov', bytes([0, 0, 0, 8], 'wide', [0, 1, 0, 0], 'mdat')],
    ['mov', bytes([0, 0, 0, 1], 'mdat', [0, 0, 0, 0, 0, 1, 0, 0])],
    ['matroska', bytes([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84], 'webm')],
    ['matroska', bytes([0x1a, 0x45, 0xdf, 0xa3, 0xa3, 0x42, 0x82, 0x88], 'matroska')],
    ['gif', bytes('GIF89a', [1, 0, 1, 0])],
    ['wav', bytes('RIFF', [36, 0, 0, 0], 'WAVEfmt ')],
    ['mp3', bytes('ID3', [4, 0, 0, 0, 0, 0, 0])],
    ['mp3', bytes([0xff, 0xfb, 0x90, 0x64, 0])],
    ['ogg', bytes('OggS', [0, 2])],
    ['flac', bytes('fLaC', [0, 0, 0, 34])],
    ['png', bytes([0x89], 'PNG\r\n', [0x1a], '\n')],
    ['jpeg', bytes([0xff, 0xd8, 0xff, 0xe0])],
    ['webp', bytes('RIFF', [36, 0, 0, 0], 'WEBPVP8 ')],
  ])('knows %s', (name, head) => {
    expect(named(head)).toBe(name);
  });

  it.each([
    ['an HLS playlist', bytes('#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n')],
    ['a concat list', bytes('ffconcat version 1.0\nfile /etc/passwd\n')],
    ['an SVG', bytes('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['HTML', bytes('<!doctype html>')],
    ['an AVIF', bytes([0, 0, 0, 32], 'ftypavif', [0, 0, 0, 0], 'avifmif1')],
    ['a TIFF', bytes('II*', [0, 8, 0, 0, 0])],
    ['an AVI', bytes('RIFF', [36, 0, 0, 0], 'AVI LIST')],
    ['EBML of another kind', bytes([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84], 'else')],
    ['ftyp in the middle of text', bytes('xxxxftypisom')],
    ['MPEG layer II', bytes([0xff, 0xfd, 0x90, 0x64, 0])],
    ['a byte-order mark', bytes([0xff, 0xfe, 0x41, 0x00])],
    ['three bytes', bytes('GIF')],
    ['nothing', new Uint8Array()],
  ])('knows nothing of %s', (_, head) => {
    expect(sniff(head)).toBeUndefined();
  });
});
