import { SoyleError } from '../errors.ts';
import { type DecodeOptions, decodeFrames, decodePicture, sniffFile } from './decode.ts';
import type { Media } from './ffmpeg.ts';
import { type Probe, probe } from './probe.ts';

/** This room's functions bound to the media programs, for rooms that know neither. */
export interface BoundDecoder {
  probe(path: string, signal?: AbortSignal): Promise<Probe>;
  decodeFrames(path: string, options: DecodeOptions, signal?: AbortSignal): ReturnType<typeof decodeFrames>;
  decodePicture: typeof decodePicture;
}

export const mediaDecoder = (media: Media): BoundDecoder => ({
  async probe(path, signal) {
    const found = await sniffFile(path);
    if (found?.kind !== 'stream') throw new SoyleError('media_unsupported');
    return probe(media, path, found.container, signal);
  },
  decodeFrames: (path, options, signal) => decodeFrames(media, path, options, signal),
  decodePicture,
});
