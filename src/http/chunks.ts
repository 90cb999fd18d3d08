import { createRoute } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { SoyleError } from '../errors.ts';
import type { RenderJob } from '../jobs/job.ts';
import { rejectInvalid } from './body.ts';
import { answerChunks, type ChunkEvent, type ChunksDone, type ChunksView } from './chunk-events.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { errorBody, reportError } from './errors.ts';
import { requestLanguage } from './language.ts';
import { LOOK_EXPECTED } from './look.ts';
import { jsonRequest, renderErrors } from './openapi.ts';
import { publicPrefix } from './prefix.ts';
import { beforeRendering, clientGone, speechOf } from './render-request.ts';
import { type AnswerChunk, chunksAnswer, chunksFailure, chunksRequest, errorSchema } from './schemas.ts';
import { answerEvents } from './sse.ts';

/** `POST /api/stream_chunks`: one JSON answer when all is done, or the same as events while it is made. */
export function addChunks(app: App, deps: AppDeps): void {
  const { queue, log, settings } = deps;
  const route = createRoute({
    method: 'post',
    path: '/api/stream_chunks',
    tags: ['Speech'],
    summary: 'Speaks a text chunk by chunk',
    description:
      'With `Accept: text/event-stream` the chunks come as events while they are made: `start`, one `chunk` each in ' +
      'order, `done`, or `error` if the work broke off. Closing the connection stops the work in either form.',
    middleware: beforeRendering(deps),
    request: jsonRequest(chunksRequest(settings.maxTextChars)),
    responses: {
      ...renderErrors,
      200: {
        description: 'All chunks; a chunk that failed has `error` and `code` instead of URLs',
        content: { 'application/json': { schema: chunksAnswer }, 'text/event-stream': { schema: { type: 'string' } } },
      },
      500: {
        description: 'All chunks failed, or `internal`',
        content: { 'application/json': { schema: chunksFailure.or(errorSchema) } },
      },
    },
  });

  app.openapi(
    route,
    async (c) => {
      const body = c.req.valid('json');
      const job: RenderJob = {
        ...(await speechOf(c, deps, body)),
        kind: 'chunks',
        chunkSize: body.chunk_size,
        firstChunkSize: body.first_chunk_size,
        split: body.split,
      };
      const view: ChunksView = {
        prefix: publicPrefix(c, settings.trustProxy),
        language: body.language,
        messages: requestLanguage(c),
        wordTimings: body.word_timings,
        poses: body.pose !== undefined,
      };
      const asEvents = wantsEvents(c);
      const client = clientGone(c);
      const events = answerChunks(queue.run(job, client.signal), view);
      if (!asEvents) return answerWhole(c, events);
      return answerEvents(c, events, {
        heartbeatMs: settings.heartbeatMs,
        onLeave: () => client.abort(new SoyleError('aborted')),
        onError: (thrown) => ({ event: 'error', data: errorBody(c, reportError(c, log, thrown)) }),
      });
    },
    rejectInvalid(settings.maxTextChars, LOOK_EXPECTED),
  );
}

/** The specification's JSON, gathered from the events. */
async function answerWhole(c: AppContext, events: AsyncIterable<ChunkEvent>) {
  const chunks: AnswerChunk[] = [];
  let done: ChunksDone | undefined;
  for await (const { event, data } of events) {
    if (event === 'chunk') chunks.push(data);
    else if (event === 'done') done = data;
  }
  if (done?.success) return c.json({ ...done, chunks });
  return c.json({ ...done, request_id: c.get('requestId'), chunks }, 500);
}

/** A client that names `text/event-stream` and does not like JSON better gets events; wildcards alone mean JSON. */
function wantsEvents(c: AppContext): boolean {
  const [json, events] = ['application/json', 'text/event-stream'];
  const chosen = accepts(c, {
    header: 'Accept',
    supports: [json, events],
    default: json,
    match: (ranges) => {
      const quality = (...names: string[]) =>
        names.map((name) => ranges.find(({ type }) => type.toLowerCase() === name)?.q).find((q) => q !== undefined) ??
        0;
      const wanted = quality(events);
      return wanted > 0 && wanted >= quality(json, 'application/*', '*/*') ? events : json;
    },
  });
  return chosen === events;
}
