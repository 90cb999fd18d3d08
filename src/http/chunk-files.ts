import { createRoute, z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { isChunkId } from '../ids.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { answerMedia, storedMedia } from './media.ts';
import { binary, errorAnswers } from './openapi.ts';

const FILES = {
  video: { extension: 'mp4', type: 'video/mp4', missing: 'video_not_found' },
  audio: { extension: 'wav', type: 'audio/wav', missing: 'audio_not_found' },
} as const satisfies Record<string, { extension: string; type: string; missing: ErrorCode }>;

const fileRoute = (kind: keyof typeof FILES) =>
  createRoute({
    method: 'get',
    path: `/api/chunk/${kind}/{id}`,
    tags: ['Files'],
    summary: `The ${kind} of a chunk; HEAD, conditional and single-range requests work`,
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: binary(FILES[kind].type, 'The whole file'),
      206: binary(FILES[kind].type, 'The range asked for'),
      304: { description: 'The client has it already' },
      ...errorAnswers({ 404: [FILES[kind].missing], 416: ['range_not_satisfiable'] }),
    },
  });

/** `GET /api/chunk/video/{id}` and `/api/chunk/audio/{id}`. */
export function addChunkFiles(app: App, { storage, settings }: AppDeps): void {
  const answer = async (c: AppContext, kind: keyof typeof FILES, id: string) => {
    const { extension, missing } = FILES[kind];
    const media = isChunkId(id) ? await storedMedia(storage, `${id}.${extension}`) : undefined;
    // A file past its time that the purge has not met yet is still served, but not cached any more.
    const secondsLeft = media ? Math.floor((media.modifiedAt + settings.outputTtlMs - Date.now()) / 1000) : 0;
    const cacheControl = `private, max-age=${Math.max(0, secondsLeft)}, immutable`;
    return answerMedia(c, media, { cacheControl, missing, embeddable: true });
  };
  app.openapi(fileRoute('video'), (c) => answer(c, 'video', c.req.valid('param').id));
  app.openapi(fileRoute('audio'), (c) => answer(c, 'audio', c.req.valid('param').id));
}
