import { createRoute } from '@hono/zod-openapi';
import type { SayRequest } from '../jobs/job.ts';
import type { SoundFormat } from '../types.ts';
import type { App, AppDeps } from './deps.ts';
import { jsonRequest, sounds, speechErrors } from './openapi.ts';
import { beforeRendering } from './render-request.ts';
import { answerFile, answerStream, beginSpeech } from './sound-answer.ts';
import { type TtsRequest, ttsRequest, ttsStreamRequest } from './speech-schemas.ts';

const FORMATS: Record<'wav' | 'mp3' | 'ogg', SoundFormat> = { wav: 'wav', mp3: 'mp3', ogg: 'opus' };

/** `POST /stream-tts` and `POST /tts`, as clients of the Qwen-TTS streaming service call them. */
export function addTts(app: App, deps: AppDeps): void {
  const { maxTextChars } = deps.settings;
  const middleware = beforeRendering(deps);

  const stream = createRoute({
    method: 'post',
    path: '/stream-tts',
    tags: ['Voice'],
    summary: 'Speech as a WAV of unknown length, sent while it is being spoken',
    middleware,
    request: jsonRequest(ttsStreamRequest(maxTextChars)),
    responses: { ...speechErrors, 200: sounds('audio/wav') },
  });
  app.openapi(stream, async (c) =>
    answerStream(c, deps, await beginSpeech(c, deps, requestOf(c.req.valid('json'))), 'wav'),
  );

  const whole = createRoute({
    method: 'post',
    path: '/tts',
    tags: ['Voice'],
    summary: 'Speech as one file: WAV, MP3, or Opus in Ogg',
    middleware,
    request: jsonRequest(ttsRequest(maxTextChars)),
    responses: { ...speechErrors, 200: sounds('audio/wav', 'audio/mpeg', 'audio/ogg') },
  });
  app.openapi(whole, async (c) => {
    const { format, ...body } = c.req.valid('json');
    return answerFile(c, deps, await beginSpeech(c, deps, { ...requestOf(body), whole: true }), FORMATS[format]);
  });
}

const requestOf = ({ text, language, engine, voice, rate, pitch, ...rest }: TtsRequest): SayRequest => ({
  ...{ text, language, engine, voice, rate, pitch },
  temperature: rest.temperature,
  voiceAttributes: rest.voice_attributes,
});
