import { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { LANGUAGES, SOUND_FORMATS } from '../types.ts';
import { NAME_LENGTH, speakable, TEMPERATURE } from './schemas.ts';

/** The text under another name than `text`. Missing or no string it is `invalid_request`, which names the field. */
const textNamed = (maxTextChars: number) => z.string().pipe(speakable(maxTextChars).text).openapi({ type: 'string' });
/** Of protocols that have no such field, or clients that do not care. */
const languageOrAuto = (maxTextChars: number) => speakable(maxTextChars).language.removeDefault().default('auto');

const tokensError: ErrorCode = 'tokens_unsupported';
/** Of the service whose page this is; there is nothing here that would turn tokens into speech. */
const noTokens = z
  .unknown()
  .refine((tokens) => tokens === undefined || tokens === null, { error: tokensError, abort: true })
  .optional()
  .openapi({ description: 'Refused with `tokens_unsupported`' });

/** What any voice takes; nothing here has a face. That service's clients send `null` for what they leave out. */
function spoken(maxTextChars: number) {
  const { intensity: _, temperature, voice_attributes, ...fields } = speakable(maxTextChars);
  return {
    tokens: noTokens,
    ...fields,
    temperature: temperature.nullable(),
    voice_attributes: voice_attributes.nullable(),
    language: languageOrAuto(maxTextChars),
  };
}

export const ttsStreamRequest = (maxTextChars: number) =>
  z
    .object({
      ...spoken(maxTextChars),
      max_length: z.int().min(1).max(4096).nullish().openapi({ description: 'Ignored: texts are never cut' }),
    })
    .openapi('StreamTtsRequest');

export const ttsRequest = (maxTextChars: number) =>
  z.object({ ...spoken(maxTextChars), format: z.enum(['wav', 'mp3', 'ogg']).default('wav') }).openapi('TtsRequest');
export type TtsRequest = z.infer<ReturnType<typeof ttsStreamRequest>>;

/** A number written in a form; an empty field is none. */
const formNumber = (min: number, max: number) =>
  z
    .string()
    .transform((text) => (text.trim() === '' ? undefined : Number(text)))
    .pipe(z.number().min(min).max(max).optional())
    .optional();

export const alltalkStream = (maxTextChars: number) =>
  z.object({
    text: speakable(maxTextChars).text,
    voice: z.string().max(NAME_LENGTH).optional().openapi({ description: 'A voice there is none of is replaced' }),
    language: languageOrAuto(maxTextChars),
    output_file: z.string().optional().openapi({ description: 'Ignored: nothing is kept' }),
  });

export const alltalkGenerate = (maxTextChars: number) =>
  z
    .object({
      text_input: textNamed(maxTextChars),
      character_voice_gen: z.string().max(NAME_LENGTH).optional(),
      language: languageOrAuto(maxTextChars),
      speed: formNumber(0.25, 2).openapi({ type: 'number' }),
      pitch: formNumber(-10, 10).openapi({ type: 'number', description: 'Semitones' }),
      temperature: formNumber(TEMPERATURE.min, TEMPERATURE.max).openapi({ type: 'number' }),
      output_file_name: z.string().optional().openapi({ description: 'Ignored: the answer names the file' }),
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
  language: z.enum(LANGUAGES, { error: () => languageError }),
  engine: z.string().min(1).max(NAME_LENGTH).optional(),
});

export const openaiSpeech = (maxTextChars: number) =>
  z
    .object({
      input: textNamed(maxTextChars),
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
      speed: z.number().min(0.25).max(4).default(1),
      stream_format: z.enum(['audio', 'sse']).default('audio'),
      instructions: z.string().optional().openapi({ description: 'Ignored' }),
    })
    .openapi('OpenaiSpeechRequest');

export const openaiModels = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.literal('soyle') }),
    ),
  })
  .openapi('OpenaiModels');

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
