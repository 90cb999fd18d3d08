import { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { LANGUAGES, SOUND_FORMATS } from '../types.ts';
import { manner, NAME_LENGTH, speakable, TEMPERATURE } from './schemas.ts';

/** Of the protocols whose clients are served here. AllTalk's server refuses what is out of them (`JSONInput` of its tts_server.py). */
export const SPEED = { alltalk: { min: 0.25, max: 2 }, openai: { min: 0.25, max: 4 } } as const;
export const SEMITONES = { min: -10, max: 10 } as const;

/** As deep as fields lie: in the request, and in its `voice_attributes`. */
const FIELD_DEPTH = 2;

function withoutNulls(value: unknown, depth = FIELD_DEPTH): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const present = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([name, field]) => [name, withoutNulls(field, depth - 1)]));
}

/** For protocols whose clients send `null` for what they leave out. */
const nullsAbsent = <T extends z.ZodObject>(schema: T) => z.preprocess((body) => withoutNulls(body), schema);

/** Of protocols that have no such field, or clients that do not care. */
const languageOrAuto = (maxTextChars: number) => speakable(maxTextChars).language.removeDefault().default('auto');

const tokensError: ErrorCode = 'tokens_unsupported';
/** Of the service whose page this is; there is nothing here that would turn tokens into speech. */
const noTokens = z
  .unknown()
  .refine((tokens) => tokens === undefined, { error: tokensError, abort: true })
  .optional()
  .openapi({ description: 'Refused with `tokens_unsupported`' });

/** What any voice takes; nothing here has a face. */
function spoken(maxTextChars: number) {
  const { intensity: _, ...fields } = speakable(maxTextChars);
  return { tokens: noTokens, ...fields, language: languageOrAuto(maxTextChars) };
}

export const ttsStreamRequest = (maxTextChars: number) =>
  nullsAbsent(
    z.object({
      ...spoken(maxTextChars),
      max_length: z.int().min(1).max(4096).optional().openapi({ description: 'Ignored: texts are never cut' }),
    }),
  ).openapi('StreamTtsRequest');

export const ttsRequest = (maxTextChars: number) =>
  nullsAbsent(z.object({ ...spoken(maxTextChars), format: z.enum(['wav', 'mp3', 'ogg']).default('wav') })).openapi(
    'TtsRequest',
  );
export type TtsRequest = z.infer<ReturnType<typeof ttsStreamRequest>>;

/** A number written in a form; an empty field is none. */
const formNumber = ({ min, max }: { min: number; max: number }) =>
  z
    .string()
    .transform((text) => (text.trim() === '' ? undefined : Number(text)))
    .pipe(z.number().min(min).max(max).optional())
    .optional()
    .openapi({ type: 'number', minimum: min, maximum: max });

/** An object written in a form as JSON; an empty field is none. */
const formAttributes = z
  .preprocess((text) => (typeof text === 'string' ? parsed(text) : text), manner.voice_attributes)
  .optional()
  .openapi({ description: 'As JSON' });

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Names nothing here, whatever is sent: a name, none, several, or a file. */
const anyName = z.unknown().optional().openapi({ type: 'string' });

/** A voice as AllTalk's clients name it, which may be nothing at all. */
const alltalkVoice = z
  .string()
  .max(NAME_LENGTH)
  .optional()
  .openapi({ description: 'A voice there is none of is replaced' });

/** How AllTalk's clients say how to speak, and what of ours they have no field for. */
const alltalkManner = (maxTextChars: number) => ({
  language: languageOrAuto(maxTextChars),
  engine: z.string().max(NAME_LENGTH).optional().openapi({ description: 'The engine to be asked first' }),
  speed: formNumber(SPEED.alltalk),
  pitch: formNumber(SEMITONES).openapi({ description: 'Semitones' }),
  temperature: formNumber(TEMPERATURE),
  voice_attributes: formAttributes,
});
export type AlltalkManner = z.infer<z.ZodObject<ReturnType<typeof alltalkManner>>>;

export const alltalkStream = (maxTextChars: number) =>
  z.object({
    text: speakable(maxTextChars).text,
    voice: alltalkVoice,
    ...alltalkManner(maxTextChars),
    output_file: anyName.openapi({ description: 'Ignored: nothing is kept' }),
  });

export const alltalkGenerate = (maxTextChars: number) =>
  z
    .object({
      text_input: speakable(maxTextChars).text,
      character_voice_gen: alltalkVoice,
      ...alltalkManner(maxTextChars),
      output_file_name: anyName.openapi({ description: 'Ignored: the answer names the file' }),
    })
    .openapi('AlltalkGenerateRequest');

export const alltalkGenerated = z
  .object({
    status: z.literal('generate-success'),
    output_file_path: z.string(),
    output_file_url: z.string().openapi({ description: 'To be put behind the address of the server' }),
    output_cache_url: z.string(),
  })
  .openapi('AlltalkGenerated');

export const alltalkSettings = z
  .object({
    engines_available: z.array(z.string()),
    current_engine_loaded: z.string(),
    models_available: z.array(z.object({ name: z.string() })),
    current_model_loaded: z.string(),
    manufacturer_name: z.string(),
    audio_format: z.literal('wav'),
    deepspeed_capable: z.boolean(),
    deepspeed_available: z.boolean(),
    deepspeed_enabled: z.boolean(),
    generationspeed_capable: z.boolean(),
    generationspeed_set: z.number(),
    lowvram_capable: z.boolean(),
    lowvram_enabled: z.boolean(),
    pitch_capable: z.boolean(),
    pitch_set: z.number(),
    repetitionpenalty_capable: z.boolean(),
    repetitionpenalty_set: z.number(),
    streaming_capable: z.boolean(),
    temperature_capable: z.boolean(),
    temperature_set: z.number(),
    ttsengines_installed: z.boolean(),
    languages_capable: z.boolean(),
    multivoice_capable: z.boolean(),
    multimodel_capable: z.boolean(),
  })
  .openapi('AlltalkSettings');

export const voicesAnswer = z
  .object({
    status: z.literal('success'),
    voices: z.array(z.string()).openapi({ description: 'Ids, each once' }),
    details: z.array(
      z.object({
        id: z.string(),
        name: z.string().openapi({ description: 'For people' }),
        engine: z.string(),
        language: z.string().openapi({ description: 'A voice of several languages is listed for each' }),
        gender: z.enum(['female', 'male']).optional(),
        sample_url: z.string(),
        licence: z.string().nullable().openapi({ description: '`null` where it is not known' }),
      }),
    ),
  })
  .openapi('VoicesAnswer');

const languageError: ErrorCode = 'language_unsupported';
export const sampleQuery = z.object({
  voice: z.string().min(1).max(NAME_LENGTH),
  language: z.enum(LANGUAGES, { error: ({ input }) => (input === undefined ? undefined : languageError) }),
  engine: z.string().min(1).max(NAME_LENGTH).optional(),
});

/** OpenAI's fields, and those of ours that it has none for. */
export const openaiSpeech = (maxTextChars: number) => {
  const { text, engine, rate, pitch, temperature, voice_attributes } = speakable(maxTextChars);
  return nullsAbsent(
    z.object({
      input: text,
      model: z
        .string()
        .max(NAME_LENGTH)
        .default('tts-1')
        .openapi({ description: 'An engine’s id asks it first; any other is ours' }),
      voice: z
        .union([z.string().min(1).max(NAME_LENGTH), z.object({ id: z.string().min(1).max(NAME_LENGTH) })])
        .optional()
        .openapi({ description: 'Id of a voice; OpenAI’s own names stand for the default ones' }),
      response_format: z.enum(SOUND_FORMATS).default('mp3'),
      speed: z.number().min(SPEED.openai.min).max(SPEED.openai.max).optional(),
      stream_format: z.enum(['audio', 'sse']).default('audio'),
      instructions: z.string().optional().openapi({ description: 'Ignored' }),
      language: languageOrAuto(maxTextChars),
      ...{ engine, rate, pitch, temperature, voice_attributes },
    }),
  ).openapi('OpenaiSpeechRequest');
};

export const openaiModel = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.literal('soyle') })
  .openapi('OpenaiModel');

export const openaiModels = z.object({ object: z.literal('list'), data: z.array(openaiModel) }).openapi('OpenaiModels');

export const openaiVoices = z
  .object({ voices: z.array(z.object({ id: z.string(), name: z.string() })) })
  .openapi('OpenaiVoices');

export const openaiError = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.enum(['invalid_request_error', 'rate_limit_error', 'server_error']),
      param: z.string().nullable(),
      code: z.string(),
    }),
  })
  .openapi('OpenaiError');
