/** ffmpeg demuxers that files of users may reach, named as `-f` takes them. */
export type Container = 'mov' | 'matroska' | 'gif' | 'wav' | 'mp3' | 'ogg' | 'flac';
export type PictureFormat = 'png' | 'jpeg' | 'webp';

export type Sniffed = { kind: 'stream'; container: Container } | { kind: 'picture'; format: PictureFormat };

/** Bytes of a file's beginning that `sniff` wants to see. */
export const SNIFF_BYTES = 4096;

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));
const u32 = (bytes: Uint8Array, at: number): number =>
  bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);

/** Still pictures in an ISO container (AVIF, HEIC): neither a video nor one of our pictures. */
const STILL_BRANDS = new Set(['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);
const FIRST_BOXES = new Set(['moov', 'mdat', 'wide', 'free', 'skip']);

/**
 * What a file is, by its first `SNIFF_BYTES` bytes alone; its name is not trusted. Only containers and pictures of the
 * list above have a name: playlists (`#EXTM3U`, `ffconcat`), SVG and everything else are `undefined`, and so never
 * reach a decoder that would follow what they point to.
 */
export function sniff(head: Uint8Array): Sniffed | undefined {
  const picture = pictureFormat(head);
  if (picture) return { kind: 'picture', format: picture };
  const container = containerOf(head);
  return container && { kind: 'stream', container };
}

function pictureFormat(head: Uint8Array): PictureFormat | undefined {
  if (u32(head, 0) === 0x89504e47 && u32(head, 4) === 0x0d0a1a0a) return 'png';
  if (u32(head, 0) >>> 8 === 0xffd8ff) return 'jpeg';
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'webp';
  return undefined;
}

function containerOf(head: Uint8Array): Container | undefined {
  const magic = ascii(head, 0, 4);
  if (isIso(head)) return 'mov';
  if (u32(head, 0) === 0x1a45dfa3) return /matroska|webm/.test(ascii(head, 4, 64)) ? 'matroska' : undefined;
  if (/^GIF8[79]a$/.test(ascii(head, 0, 6))) return 'gif';
  if (magic === 'RIFF' && ascii(head, 8, 12) === 'WAVE') return 'wav';
  if (magic === 'OggS') return 'ogg';
  if (magic === 'fLaC') return 'flac';
  if (magic.startsWith('ID3') || isMp3Frame(head)) return 'mp3';
  return undefined;
}

/** ISO base media (MP4, MOV): a plausible first box. */
function isIso(head: Uint8Array): boolean {
  const size = u32(head, 0);
  const type = ascii(head, 4, 8);
  if (type === 'ftyp') return size >= 16 && size <= 1024 && !STILL_BRANDS.has(ascii(head, 8, 12));
  // Old QuickTime files have no `ftyp`; a size of 1 announces a 64-bit size.
  return FIRST_BOXES.has(type) && (size === 1 || size >= 8);
}

/** MPEG audio frame header of layer III with values that exist (ISO 11172-3, 2.4.2.3). */
function isMp3Frame(head: Uint8Array): boolean {
  const header = u32(head, 0);
  const layerThree = ((header >>> 17) & 3) === 1;
  const version = (header >>> 19) & 3;
  const bitrate = (header >>> 12) & 15;
  const rate = (header >>> 10) & 3;
  return header >>> 21 === 0x7ff && layerThree && version !== 1 && bitrate !== 0 && bitrate !== 15 && rate !== 3;
}
