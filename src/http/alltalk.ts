import { rm, writeFile } from 'node:fs/promises';
import { createRoute, z } from '@hono/zod-openapi';
import { SoyleError } from '../errors.ts';
import { newChunkId } from '../ids.ts';
import type { SayRequest } from '../jobs/job.ts';
import { formBody, rejectInvalid } from './body.ts';
import { type Expectations, number, ONE_STRING, WORD } from './complaints.ts';
import type { App, AppContext, AppDeps, Voices } from './deps.ts';
import { errorAnswers, json, sounds, speechErrors } from './openapi.ts';
import { checkSpeaker } from './render-request.ts';
import { answerStream, beginSpeech, paceOf, SOUND_TYPES, speechFile, voicesOf } from './sound-answer.ts';
import {
  type AlltalkManner,
  alltalkGenerate,
  alltalkGenerated,
  alltalkSettings,
  alltalkStream,
  SEMITONES,
  SPEED,
} from './speech-schemas.ts';

const SEMITONES_OF_AN_OCTAVE = 12;
/** What AllTalk means by names that mean else in our own requests. */
const FIELDS: Expectations = {
  text: ONE_STRING,
  voice: WORD,
  engine: WORD,
  speed: number(SPEED.alltalk),
  pitch: number(SEMITONES),
};

/** What clients of an AllTalk server call, v1 and v2. File names they send name nothing here. */
export function addAlltalk(app: App, deps: AppDeps): void {
  addState(app, deps);
  addStreaming(app, deps);
  addGenerating(app, deps);
}

function addState(app: App, deps: AppDeps): void {
  const ready = createRoute({
    method: 'get',
    path: '/api/ready',
    tags: ['AllTalk'],
    summary: 'Whether there is a voice',
    responses: {
      200: { description: '`Unloaded` before', content: { 'text/plain': { schema: z.enum(['Ready', 'Unloaded']) } } },
    },
  });
  app.openapi(ready, (c) => {
    c.header('Cache-Control', 'no-store');
    return c.text(deps.voices() ? 'Ready' : 'Unloaded', 200);
  });

  const settings = createRoute({
    method: 'get',
    path: '/api/currentsettings',
    tags: ['AllTalk'],
    summary: 'What the voices can do, in AllTalk’s words',
    responses: { 200: json(alltalkSettings, 'Settings'), ...errorAnswers({ 503: ['loading'] }) },
  });
  app.openapi(settings, (c) => {
    c.header('Cache-Control', 'no-cache');
    return c.json(settingsOf(voicesOf(deps)), 200);
  });
}

/** The abilities are those of the engine that is asked first, which AllTalk calls the loaded one. */
function settingsOf(voices: Voices): z.infer<typeof alltalkSettings> {
  const { engines } = voices;
  const [loaded = ''] = engines;
  const { rate, pitch, temperature } = voices.abilities(loaded);
  return {
    engines_available: [...engines],
    current_engine_loaded: loaded,
    models_available: engines.map((name) => ({ name })),
    current_model_loaded: loaded,
    manufacturer_name: 'Söyle',
    audio_format: 'wav',
    ...{ deepspeed_capable: false, deepspeed_available: false, deepspeed_enabled: false },
    ...{ generationspeed_capable: rate, generationspeed_set: 1, lowvram_capable: false, lowvram_enabled: false },
    ...{ pitch_capable: pitch, pitch_set: 0, repetitionpenalty_capable: false, repetitionpenalty_set: 1 },
    ...{ streaming_capable: true, temperature_capable: temperature, temperature_set: 0.75, ttsengines_installed: true },
    ...{ languages_capable: true, multivoice_capable: true, multimodel_capable: engines.length > 1 },
  };
}

function addStreaming(app: App, deps: AppDeps): void {
  const { maxTextChars, maxBodyBytes } = deps.settings;
  const path = '/api/tts-generate-streaming';
  const summary = 'Speech as a WAV of unknown length, sent while it is being spoken';
  const fields = alltalkStream(maxTextChars);
  const responses = { ...speechErrors, 200: sounds('audio/wav') };

  const get = createRoute({ method: 'get', path, tags: ['AllTalk'], summary, request: { query: fields }, responses });
  app.openapi(get, (c) => speak(c, c.req.valid('query')), rejectInvalid(maxTextChars, FIELDS));

  const form = { body: { required: true, content: formOf(fields.openapi('AlltalkStreamRequest')) } };
  const middleware = formBody(maxBodyBytes);
  const post = createRoute({ method: 'post', path, tags: ['AllTalk'], summary, middleware, request: form, responses });
  app.openapi(post, (c) => speak(c, c.req.valid('form')), rejectInvalid(maxTextChars, FIELDS));

  async function speak(c: AppContext, { text, voice, ...asked }: z.infer<typeof fields>): Promise<Response> {
    voicesOf(deps);
    // Nobody would ever end what is said to a client that only wants the headers.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': SOUND_TYPES.wav });
    return answerStream(c, deps, await begin(c, deps, text, voice, asked), 'wav');
  }
}

function addGenerating(app: App, deps: AppDeps): void {
  const { maxTextChars, maxBodyBytes } = deps.settings;
  const generate = createRoute({
    method: 'post',
    path: '/api/tts-generate',
    tags: ['AllTalk'],
    summary: 'Speech as a WAV to be fetched afterwards',
    middleware: formBody(maxBodyBytes),
    request: { body: { required: true, content: formOf(alltalkGenerate(maxTextChars)) } },
    responses: {
      ...speechErrors,
      200: json(alltalkGenerated, 'Where the WAV is'),
      ...errorAnswers({ 507: ['storage_full'] }),
    },
  });
  app.openapi(
    generate,
    async (c) => {
      const { text_input: text, character_voice_gen: voice, ...asked } = c.req.valid('form');
      const begun = await begin(c, deps, text, voice, { ...asked, whole: true });
      const name = `${newChunkId(0)}.wav`;
      const path = await deps.storage.scratch('wav');
      try {
        await writeFile(path, await speechFile(deps, begun, 'wav'));
        await deps.storage.put(name, path);
      } finally {
        await rm(path, { force: true });
      }
      // AllTalk's clients put this behind the address they know the server by.
      const url = `/api/chunk/audio/${name.replace('.wav', '')}`;
      const status = 'generate-success' as const;
      return c.json({ status, output_file_path: name, output_file_url: url, output_cache_url: url }, 200);
    },
    rejectInvalid(maxTextChars, FIELDS),
  );
}

/** AllTalk's voices are files and its clients name one by default: where there is no such voice, another one speaks. */
async function begin(
  c: AppContext,
  deps: AppDeps,
  text: string,
  voice: string | undefined,
  {
    language,
    engine,
    speed,
    pitch = 0,
    temperature,
    voice_attributes,
    whole,
  }: AlltalkManner & Pick<SayRequest, 'whole'>,
) {
  const { rate, warnings } = paceOf(speed);
  const anyVoice: SayRequest = {
    ...{ text, language, engine: engine || undefined, rate, pitch: 2 ** (pitch / SEMITONES_OF_AN_OCTAVE) },
    ...{ temperature, voiceAttributes: voice_attributes, ...(whole && { whole }) },
  };
  if (!voice) return beginSpeech(c, deps, anyVoice, { warnings });
  const request = { ...anyVoice, voice };
  try {
    await checkSpeaker(voicesOf(deps), request);
  } catch (error) {
    if (!(error instanceof SoyleError) || error.code !== 'voice_unknown') throw error;
    return beginSpeech(c, deps, anyVoice, { warnings: [...warnings, 'voice_replaced'] });
  }
  return beginSpeech(c, deps, request, { warnings });
}

/** The same fields, sent either way. */
const formOf = <T extends z.ZodType>(schema: T) => ({
  'application/x-www-form-urlencoded': { schema },
  'multipart/form-data': { schema },
});
