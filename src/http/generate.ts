import { createRoute } from '@hono/zod-openapi';
import { SoyleError } from '../errors.ts';
import type { RenderJob, StoredChunk } from '../jobs/job.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { knownCode } from './errors.ts';
import { binary, jsonRequest, renderErrors } from './openapi.ts';
import { beforeRendering, clientGone, speechOf } from './render-request.ts';
import { CHUNK_SIZE, type GenerateRequest, generateRequest, generateStreamRequest } from './schemas.ts';

/** `POST /api/generate` and `/api/generate_stream`: the whole text as one MP4, in the answer itself. */
export function addGenerate(app: App, deps: AppDeps): void {
  const { maxTextChars } = deps.settings;
  const middleware = beforeRendering(deps);
  const responses = { ...renderErrors, 200: binary('video/mp4', 'The MP4 of exactly this text') };

  const generate = createRoute({
    method: 'post',
    path: '/api/generate',
    tags: ['Speech'],
    summary: 'One MP4 of the whole text, as a download',
    middleware,
    request: jsonRequest(generateRequest(maxTextChars)),
    responses,
  });
  app.openapi(generate, (c) => answerVideo(c, deps, c.req.valid('json'), 'attachment; filename="avatar_speech.mp4"'));

  const generateStream = createRoute({
    method: 'post',
    path: '/api/generate_stream',
    tags: ['Speech'],
    summary: 'One MP4 of the whole text, inline, named by its index',
    middleware,
    request: jsonRequest(generateStreamRequest(maxTextChars)),
    responses,
  });
  app.openapi(generateStream, (c) => {
    const body = c.req.valid('json');
    return answerVideo(c, deps, body, `inline; filename="chunk_${body.chunk_index}.mp4"`);
  });
}

async function answerVideo(
  c: AppContext,
  deps: AppDeps,
  body: GenerateRequest,
  disposition: string,
): Promise<Response> {
  const chunk = await renderWhole(c, deps, body);
  const video = await deps.storage.read(`${chunk.id}.mp4`);
  if (!video) throw new SoyleError('internal', {}, new Error('the rendered file is not in storage'));
  return c.body(video.stream, 200, {
    'Content-Type': 'video/mp4',
    'Content-Length': String(video.size),
    'Content-Disposition': disposition,
    'Cache-Control': 'no-store',
  });
}

/** Renders the text as a single chunk; a client that leaves stops it. */
async function renderWhole(c: AppContext, deps: AppDeps, body: GenerateRequest): Promise<StoredChunk> {
  const job: RenderJob = {
    ...(await speechOf(c, deps, body)),
    ...{ kind: 'whole', chunkSize: CHUNK_SIZE.default, split: 'words' },
  };
  let chunk: StoredChunk | undefined;
  for await (const event of deps.queue.run(job, clientGone(c).signal)) {
    if (event.type === 'failed') throw new SoyleError(knownCode(event.chunk.code));
    if (event.type === 'chunk') chunk = event.chunk;
  }
  if (!chunk) throw new SoyleError('internal', {}, new Error('the job ended without a chunk'));
  return chunk;
}
