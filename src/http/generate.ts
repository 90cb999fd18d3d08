import { createRoute } from '@hono/zod-openapi';
import { SoyleError } from '../errors.ts';
import type { RenderJob, StoredChunk } from '../jobs/job.ts';
import { VIDEO_EXTENSIONS } from '../types.ts';
import { rejectInvalid } from './body.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { failureOf } from './errors.ts';
import { LOOK_EXPECTED } from './look.ts';
import { jsonRequest, renderErrors } from './openapi.ts';
import { beforeRendering, clientGone, speechOf } from './render-request.ts';
import { CHUNK_SIZE, type GenerateRequest, generateRequest, generateStreamRequest } from './schemas.ts';

const TYPES = { mp4: 'video/mp4', webm: 'video/webm' } as const;

/** How the file of an answer is offered. */
interface Offer {
  disposition: 'attachment' | 'inline';
  /** Of the file, without extension. */
  name: string;
}

/** What routes answer that send a video of the whole text. */
export const videoResponses = {
  ...renderErrors,
  200: {
    description:
      'The video of exactly this text; `X-End-Pose` is the `pose` at which a next request goes on, `X-Warnings` tells ' +
      'what of the request went unheeded',
    content: {
      'video/mp4': { schema: { type: 'string', format: 'binary' } },
      'video/webm': { schema: { type: 'string', format: 'binary' } },
    },
  },
} as const;

/** `POST /api/generate` and `/api/generate_stream`: the whole text as one video, in the answer itself. */
export function addGenerate(app: App, deps: AppDeps): void {
  const { maxTextChars } = deps.settings;
  const middleware = beforeRendering(deps);

  const generate = createRoute({
    method: 'post',
    path: '/api/generate',
    tags: ['Speech'],
    summary: 'One video of the whole text, as a download',
    middleware,
    request: jsonRequest(generateRequest(maxTextChars)),
    responses: videoResponses,
  });
  app.openapi(
    generate,
    (c) => answerVideo(c, deps, c.req.valid('json'), { disposition: 'attachment', name: 'avatar_speech' }),
    rejectInvalid(maxTextChars, LOOK_EXPECTED),
  );

  const generateStream = createRoute({
    method: 'post',
    path: '/api/generate_stream',
    tags: ['Speech'],
    summary: 'One video of the whole text, inline, named by its index',
    middleware,
    request: jsonRequest(generateStreamRequest(maxTextChars)),
    responses: videoResponses,
  });
  app.openapi(
    generateStream,
    (c) => {
      const body = c.req.valid('json');
      return answerVideo(c, deps, body, { disposition: 'inline', name: `chunk_${body.chunk_index}` });
    },
    rejectInvalid(maxTextChars, LOOK_EXPECTED),
  );
}

/** Renders the text as a single chunk and sends its video. */
export async function answerVideo(
  c: AppContext,
  deps: AppDeps,
  body: GenerateRequest,
  { disposition, name }: Offer,
): Promise<Response> {
  const chunk = await renderWhole(c, deps, body);
  const extension = VIDEO_EXTENSIONS[chunk.format];
  const video = await deps.storage.read(`${chunk.id}.${extension}`);
  if (!video) throw new SoyleError('internal', {}, new Error('the rendered file is not in storage'));
  return c.body(video.stream, 200, {
    'Content-Type': TYPES[extension],
    'Content-Length': String(video.size),
    'Content-Disposition': `${disposition}; filename="${name}.${extension}"`,
    'X-End-Pose': String(chunk.endPose),
    ...(chunk.warnings && { 'X-Warnings': chunk.warnings.join(', ') }),
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
    if (event.type === 'failed') throw failureOf(event.chunk);
    if (event.type === 'chunk') chunk = event.chunk;
  }
  if (!chunk) throw new SoyleError('internal', {}, new Error('the job ended without a chunk'));
  return chunk;
}
