import { describe, expect, it } from 'vitest';
import { readAnswer } from './probe.ts';

const format = { format_name: 'mov,mp4', duration: '5.000000' };
const video = {
  ...{ codec_type: 'video', codec_name: 'h264', width: 720, height: 480, pix_fmt: 'yuv420p' },
  ...{ duration: '5.000000', nb_frames: '125' },
};

describe('readAnswer', () => {
  it.each([
    ['a pixel format', { pix_fmt: 'yuva420p' }, true],
    ['a palette', { pix_fmt: 'bgra' }, true],
    ['Matroska’s tag', { pix_fmt: 'yuv420p', tags: { alpha_mode: '1' } }, true],
    ['the same as older programs write it', { pix_fmt: 'yuv420p', tags: { ALPHA_MODE: '1' } }, true],
    ['nothing', { pix_fmt: 'yuv420p', tags: { language: 'und' } }, false],
  ])('learns of transparency from %s', (_, said, alpha) => {
    const stream = { codec_type: 'video', codec_name: 'vp9', width: 4, height: 2, ...said };
    expect(readAnswer({ streams: [stream], format: { format_name: 'webm' } }).video).toMatchObject({ alpha });
  });

  it('reads both tracks', () => {
    const audio = { codec_type: 'audio', codec_name: 'aac', sample_rate: '48000', duration: '4.9' };
    expect(readAnswer({ streams: [{ codec_type: 'data' }, audio, video], format })).toEqual({
      format: 'mov,mp4',
      durationSeconds: 5,
      video: {
        ...{ codec: 'h264', width: 720, height: 480, codedPixels: 345_600, pixelFormat: 'yuv420p' },
        ...{ matrix: undefined, alpha: false, fullRange: false, durationSeconds: 5, frames: 125 },
      },
      audio: { codec: 'aac', sampleRate: 48_000, durationSeconds: 4.9 },
    });
  });

  it('shows a picture as it is meant to be seen: turned, its pixels square', () => {
    const turned = { ...video, side_data_list: [{ rotation: -90 }] };
    expect(readAnswer({ streams: [turned], format }).video).toMatchObject({ width: 480, height: 720 });
    const upside = { ...video, side_data_list: [{ rotation: 180 }] };
    expect(readAnswer({ streams: [upside], format }).video).toMatchObject({ width: 720, height: 480 });
    const wide = { ...video, sample_aspect_ratio: '4:3' };
    expect(readAnswer({ streams: [wide], format }).video).toMatchObject({ width: 960, height: 480 });
    const unknown = { ...video, sample_aspect_ratio: '0:1' };
    expect(readAnswer({ streams: [unknown], format }).video).toMatchObject({ width: 720, height: 480 });
  });

  it('reads colour tags, and what an untagged file does not say', () => {
    const tagged = { ...video, color_space: 'bt709', color_range: 'pc' };
    expect(readAnswer({ streams: [tagged], format }).video).toMatchObject({ matrix: 'bt709', fullRange: true });
    const old = { ...video, pix_fmt: 'yuvj420p', color_space: 'unknown' };
    expect(readAnswer({ streams: [old], format }).video).toMatchObject({ matrix: undefined, fullRange: true });
  });

  it('lives with counts and times that are not there', () => {
    const { nb_frames: _, duration: __, ...bare } = video;
    const answer = readAnswer({ streams: [{ ...bare, nb_frames: 'N/A' }], format: { format_name: 'gif' } });
    expect(answer.video).toMatchObject({ frames: undefined, durationSeconds: undefined });
    expect(answer.durationSeconds).toBeUndefined();
  });

  it('throws on an answer of another shape', () => {
    expect(() => readAnswer({})).toThrow();
  });
});
