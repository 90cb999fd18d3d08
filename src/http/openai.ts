import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { SoyleError } from '../errors.ts';
import type { SayRequest } from '../jobs/job.ts';
import type { SoundFormat } from '../types.ts';
import { rejectInvalid } from './body.ts';
import { type Expectations, nameOr, number } from './complaints.ts';
import type { App, AppContext, AppDeps, AppEnv } from './deps.ts';
import { type ErrorBody, errorBody, reportError } from './errors.ts';
import { json, jsonRequest, sounds } from './openapi.ts';
import { beforeRendering } from './render-request.ts';
import { NAME_LENGTH } from './schemas.ts';
import { answerStream, type Begun, beginSpeech, paceOf, SOUND_TYPES, speechBytes, voicesOf } from './sound-answer.ts';
import { openaiError, openaiModel, openaiModels, openaiSpeech, openaiVoices, SPEED } from './speech-schemas.ts';
import { answerEvents, type ServerEvent } from './sse.ts';

/** OpenAI's own voices by their gender; its clients name one although they mean any. */
const OPENAI_VOICES: ReadonlyMap<string, 'female' | 'male'> = new Map([
  ...['alloy', 'coral', 'marin', 'nova', 'sage', 'shimmer'].map((name) => [name, 'female'] as const),
  ...['ash', 'ballad', 'cedar', 'echo', 'fable', 'onyx', 'verse'].map((name) => [name, 'male'] as const),
]);
/** What clients ask for when nobody has told them better. */
const ANY_MODEL = 'tts-1';
/** What OpenAI means by names that mean else in our own requests. */
const FIELDS: Expectations = { speed: number(SPEED.openai), voice: nameOr('{"id": "…"}') };

type OpenaiError = z.infer<typeof openaiError>;

/** Errors under `/v1/` in the shape that OpenAI's clients read; everything else passes. */
export function openaiErrors(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (c.res.status < 400 || !c.res.headers.get('content-type')?.startsWith('application/json')) return;
    const body = (await c.res.json()) as ErrorBody;
    const { status, headers } = c.res;
    c.res = undefined;
    c.res = c.json(openaiShape(body, status), status as ContentfulStatusCode, Object.fromEntries(headers));
  };
}

const openaiShape = ({ error, code }: ErrorBody, status: number): OpenaiError => ({
  error: {
    message: error,
    type: status === 429 ? 'rate_limit_error' : status < 500 ? 'invalid_request_error' : 'server_error',
    param: null,
    code,
  },
});

const failures = Object.fromEntries(
  [400, 404, 413, 415, 429, 500, 503].map((status) => [status, json(openaiError, 'The error, in OpenAI’s shape')]),
);

/** `POST /v1/audio/speech`, `GET /v1/models` and `GET /v1/audio/voices`, as OpenAI's clients call them. */
export function addOpenai(app: App, deps: AppDeps): void {
  addSpeech(app, deps);
  addModels(app, deps);
  addVoiceNames(app, deps);
}

function addSpeech(app: App, deps: AppDeps): void {
  const { maxTextChars, heartbeatMs } = deps.settings;
  const speech = createRoute({
    method: 'post',
    path: '/v1/audio/speech',
    tags: ['OpenAI'],
    summary: 'Speech while it is being spoken, as sound or as events',
    middleware: beforeRendering(deps),
    request: jsonRequest(openaiSpeech(maxTextChars)),
    responses: { ...failures, 200: sounds(...Object.values(SOUND_TYPES), 'text/event-stream') },
  });
  app.openapi(
    speech,
    async (c) => {
      const { input, model, voice, response_format: format, stream_format, instructions, ...how } = c.req.valid('json');
      const { language, engine, rate, speed, pitch, temperature, voice_attributes } = how;
      const pace = paceOf(rate ?? speed);
      const { engines } = voicesOf(deps);
      const who = await voiceOf(deps, typeof voice === 'object' ? voice.id : voice);
      const request: SayRequest = {
        ...{ text: input, language, engine: engine ?? engines.find((id) => id === model), voice: who.voice },
        ...{ rate: pace.rate, pitch, temperature, voiceAttributes: voice_attributes ?? who.voiceAttributes },
      };
      const begun = await beginSpeech(c, deps, request, {
        warnings: [...pace.warnings, ...(instructions ? ['instructions_ignored'] : [])],
        unasked: voice_attributes ? [] : ['voice_attributes_ignored'],
      });
      if (stream_format === 'audio') return answerStream(c, deps, begun, format);
      return answerEvents(c, speechEvents(deps, begun, format, input), {
        heartbeatMs,
        onLeave: () => begun.client.abort(new SoyleError('aborted')),
        onError: (thrown) => errorEvent(c, reportError(c, deps.log, thrown)),
      });
    },
    rejectInvalid(maxTextChars, FIELDS),
  );
}

function addModels(app: App, deps: AppDeps): void {
  const created = Math.floor(Date.now() / 1000);
  const named = (id: string) => ({ id, object: 'model' as const, created, owned_by: 'soyle' as const });
  const known = () => [ANY_MODEL, ...voicesOf(deps).engines];

  const models = createRoute({
    method: 'get',
    path: '/v1/models',
    tags: ['OpenAI'],
    summary: 'Names for `model`: ours, and one for each engine',
    responses: { 200: json(openaiModels, 'The models'), ...failures },
  });
  app.openapi(models, (c) => c.json({ object: 'list' as const, data: known().map(named) }, 200));

  const model = createRoute({
    method: 'get',
    path: '/v1/models/{model}',
    tags: ['OpenAI'],
    summary: 'One of them',
    request: { params: z.object({ model: z.string() }) },
    responses: { 200: json(openaiModel, 'The model'), ...failures },
  });
  app.openapi(model, (c) => {
    const id = c.req.valid('param').model;
    if (known().includes(id)) return c.json(named(id), 200);
    throw new SoyleError('model_not_found', { model: id.slice(0, NAME_LENGTH), known: known().join(', ') });
  });
}

function addVoiceNames(app: App, deps: AppDeps): void {
  const voices = createRoute({
    method: 'get',
    path: '/v1/audio/voices',
    tags: ['OpenAI'],
    summary: 'Names for `voice`',
    responses: { 200: json(openaiVoices, 'The voices, each once'), ...failures },
  });
  app.openapi(voices, async (c) => {
    const names = new Map((await voicesOf(deps).list()).map(({ id, name }) => [id, name]));
    return c.json({ voices: Array.from(names, ([id, name]) => ({ id, name })) }, 200);
  });
}

/** A voice of ours by its id or name, else what is known of OpenAI's. */
async function voiceOf(
  deps: AppDeps,
  voice: string | undefined,
): Promise<Pick<SayRequest, 'voice' | 'voiceAttributes'>> {
  const gender = OPENAI_VOICES.get(voice ?? '');
  if (gender === undefined) return { voice };
  const ours = await voicesOf(deps).languagesOf(voice ?? '');
  return ours.length > 0 ? { voice } : { voiceAttributes: { gender } };
}

/** The bytes of the sound as OpenAI's events. It counts tokens where we have none: the characters of the text. */
async function* speechEvents(
  deps: AppDeps,
  begun: Begun,
  format: SoundFormat,
  input: string,
): AsyncGenerator<ServerEvent> {
  for await (const bytes of speechBytes(deps, begun, format)) {
    const audio = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    yield { event: 'speech.audio.delta', data: { type: 'speech.audio.delta', audio } };
  }
  const characters = [...input].length;
  const usage = { input_tokens: characters, output_tokens: 0, total_tokens: characters };
  yield { event: 'speech.audio.done', data: { type: 'speech.audio.done', usage } };
}

const errorEvent = (c: AppContext, error: SoyleError): ServerEvent => ({
  event: 'error',
  data: { type: 'error', ...openaiShape(errorBody(c, error), error.status) },
});
