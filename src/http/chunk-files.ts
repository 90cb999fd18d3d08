import { createRoute, z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { isChunkId } from '../ids.ts';
import type { Storage } from '../storage/storage.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { answerMedia, type Media, storedMedia } from './media.ts';
import { binaries, errorAnswers } from './openapi.ts';

const FILES = {
  video: { extensions: ['mp4', 'webm'], types: ['video/mp4', 'video/webm'], missing: 'video_not_found' },
  audio: { extensions: ['wav'], types: ['audio/wav'], missing: 'audio_not_found' },
} as const satisfies Record<string, { extensions: readonly string[]; types: readonly string[]; missing: ErrorCode }>;

const fileRoute = (kind: keyof typeof FILES) =>
  createRoute({
    method: 'get',
    path: `/api/chunk/${kind}/{id}`,
    tags: ['Files'],
    summary: `The ${kind} of a chunk; HEAD, conditional and single-range requests work`,
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: binaries(FILES[kind].types, 'The whole file'),
      206: binaries(FILES[kind].types, 'The range asked for'),
      304: { description: 'The client has it already' },
      ...errorAnswers({ 404: [FILES[kind].missing], 416: ['range_not_satisfiable'] }),
    },
  });

/** `GET /api/chunk/video/{id}` and `/api/chunk/audio/{id}`. */
export function addChunkFiles(app: App, { storage, settings }: AppDeps): void {
  const answer = async (c: AppContext, kind: keyof typeof FILES, id: string) => {
    const { extensions, missing } = FILES[kind];
    const media = isChunkId(id) ? await firstStored(storage, id, extensions) : undefined;
    // A file past its time that the purge has not met yet is still served, but not cached any more.
    const secondsLeft = media ? Math.floor((media.modifiedAt + settings.outputTtlMs - Date.now()) / 1000) : 0;
    const cacheControl = `private, max-age=${Math.max(0, secondsLeft)}, immutable`;
    return answerMedia(c, media, { cacheControl, missing, embeddable: true });
  };
  app.openapi(fileRoute('video'), (c) => answer(c, 'video', c.req.valid('param').id));
  app.openapi(fileRoute('audio'), (c) => answer(c, 'audio', c.req.valid('param').id));
}

/** A chunk has one file of each kind; its id does not say in which format. */
async function firstStored(storage: Storage, id: string, extensions: readonly string[]): Promise<Media | undefined> {
  for (const extension of extensions) {
    const media = await storedMedia(storage, `${id}.${extension}`);
    if (media) return media;
  }
  return undefined;
}
