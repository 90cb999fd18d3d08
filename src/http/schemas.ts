import { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { INTENSITY, TEXT_LANGUAGES, VIDEO_FORMATS } from '../types.ts';
import { avatarId } from './avatar-schemas.ts';
import { lookFields } from './look-schemas.ts';

/** Words per chunk. */
export const CHUNK_SIZE = { min: 1, max: 200, default: 15 } as const;
/** The index of `generate_stream` only names a file; chunk ids hold five digits. */
export const CHUNK_INDEX = { min: 0, max: 99_999 } as const;

/** Factors of a voice's own rate and pitch, and how freely its model samples. */
export const FACTOR = { min: 0.5, max: 2 } as const;
export const TEMPERATURE = { min: 0, max: 2 } as const;
export const AGE = { min: 1, max: 120 } as const;
export const GENDERS = ['female', 'male', 'neutral'] as const;
/** Names of engines, voices and emotions are no longer, in characters. */
export const NAME_LENGTH = 200;

/** A complaint's message is the catalogue code it stands for, which body.ts reads back; zod's own mean `invalid_request`. */
const failing = (code: ErrorCode) => ({ error: code, abort: true });

const noText = ({ input }: { input?: unknown }): ErrorCode | undefined =>
  input === undefined || input === null ? 'text_required' : undefined;
const noLanguage = ({ input }: { input?: unknown }): ErrorCode | undefined =>
  typeof input === 'string' ? 'language_unsupported' : undefined;

/** Whether a text is nothing but Unicode white space. */
const isBlank = (text: string) => /^[\s\p{White_Space}]*$/u.test(text);

/** Whether a text has more than `limit` Unicode code points. */
function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  let points = 0;
  for (const _ of text) points++;
  return points > limit;
}

const name = z.string().min(1).max(NAME_LENGTH);

/** How a text is to be said; what the chosen engine cannot do is named in `warnings`. */
export const manner = {
  engine: name.optional().openapi({ description: 'The engine to be asked first', example: 'espeak' }),
  voice: name.optional().openapi({ description: "One of the engine's voices; its default when absent", example: 'ru' }),
  rate: z.number().min(FACTOR.min).max(FACTOR.max).optional().openapi({ description: 'Pace; 1 is the voice’s own' }),
  pitch: z.number().min(FACTOR.min).max(FACTOR.max).optional().openapi({ description: '1 is the voice’s own' }),
  temperature: z.number().min(TEMPERATURE.min).max(TEMPERATURE.max).optional().openapi({
    description: 'How freely the model samples',
  }),
  voice_attributes: z
    .object({
      gender: z.enum(GENDERS).optional(),
      age: z.int().min(AGE.min).max(AGE.max).optional().openapi({ description: 'Years' }),
      emotion: name.optional().openapi({ example: 'happy' }),
    })
    .optional()
    .openapi({ description: 'Describes a voice to engines that can be told so' }),
};

/** What every rendering request has: a text of 1 … `maxTextChars` code points, its language, how it is said and acted. */
export function speakable(maxTextChars: number) {
  return {
    text: z
      .string({ error: noText })
      .refine((text) => !isBlank(text), failing('text_empty'))
      .refine((text) => !isLonger(text, maxTextChars), failing('text_too_long'))
      .openapi({ minLength: 1, maxLength: maxTextChars, example: 'Привет! Это тестовый текст.' }),
    language: z
      .enum(TEXT_LANGUAGES, { error: noLanguage })
      .default('ru')
      .openapi({ description: 'Language the text is spoken in; `auto` finds it out for every sentence' }),
    ...manner,
    intensity: z.number().min(INTENSITY.min).max(INTENSITY.max).default(INTENSITY.default).openapi({
      description:
        'How far the mouth moves; lips models of kind `wav2lip` leave it at that, with the warning `intensity_ignored`',
    }),
    avatar: avatarId.optional(),
    ...lookFields,
  };
}

const words = z.int().min(CHUNK_SIZE.min).max(CHUNK_SIZE.max);

export const chunksRequest = (maxTextChars: number) =>
  z
    .object({
      ...speakable(maxTextChars),
      chunk_size: words.default(CHUNK_SIZE.default).openapi({ description: 'Words per chunk' }),
      first_chunk_size: words.optional().openapi({ description: 'Words of the first chunk, for a quick first answer' }),
      split: z.enum(['words', 'smart']).default('words').openapi({
        description: '`smart` prefers to end a chunk at a sentence, then at a clause',
      }),
      word_timings: z.boolean().default(false).openapi({ description: 'Adds `words` to every chunk' }),
    })
    .openapi('ChunksRequest');

export const generateRequest = (maxTextChars: number) => z.object(speakable(maxTextChars)).openapi('GenerateRequest');

export type GenerateRequest = z.infer<ReturnType<typeof generateRequest>>;

export const generateStreamRequest = (maxTextChars: number) =>
  z
    .object({
      ...speakable(maxTextChars),
      chunk_index: z.int().min(CHUNK_INDEX.min).max(CHUNK_INDEX.max).default(0).openapi({
        description: 'Only names the file of the answer',
      }),
    })
    .openapi('GenerateStreamRequest');

/** Pads of the older server, pixels of its crop of 96. */
export const OLD_PAD_BOTTOM = 10;
export const OLD_PAD = { min: -48, max: 48 } as const;
const oldPad = (usual: number) => z.int().min(OLD_PAD.min).max(OLD_PAD.max).default(usual);

export const generateCustomRequest = (maxTextChars: number) =>
  generateStreamRequest(maxTextChars)
    .omit({ pads: true })
    .extend({
      pad_top: oldPad(0),
      pad_bottom: oldPad(OLD_PAD_BOTTOM).openapi({ description: 'What a crop has below the chin when nobody asks' }),
      pad_left: oldPad(0),
      pad_right: oldPad(0),
    })
    .openapi('GenerateCustomRequest');

export const errorSchema = z
  .object({
    error: z
      .string()
      .openapi({ description: 'For people, in the language of `Accept-Language`', example: 'Не найдено' }),
    code: z.string().openapi({ description: 'For programs; does not change', example: 'not_found' }),
    request_id: z.string().optional().openapi({ description: 'With 5xx: the id the server log knows the request by' }),
  })
  .openapi('Error');

const readyChunk = z
  .object({
    index: z.int(),
    text: z.string(),
    video_url: z.string().openapi({ example: '/api/chunk/video/20251028_123456_000000_0' }),
    audio_url: z.string().openapi({ example: '/api/chunk/audio/20251028_123456_000000_0' }),
    duration: z.number().openapi({ description: 'Seconds, a whole number of 40 ms frames', example: 3.52 }),
    words: z
      .array(
        z.object({
          text: z.string(),
          start: z.number().openapi({ description: 'Seconds from the start of the chunk' }),
          end: z.number(),
          offset: z.int().openapi({ description: 'UTF-16 offset in the text of the chunk' }),
        }),
      )
      .optional()
      .openapi({ description: 'Only with `word_timings`' }),
    format: z.enum(VIDEO_FORMATS).optional().openapi({ description: 'Only when it is not `mp4`' }),
    end_pose: z.int().optional().openapi({
      description: "Only with `pose`: frame of the avatar's loop after its last one, a next request's `pose`",
    }),
    engine: z.string().optional().openapi({ description: 'Who spoke', example: 'espeak' }),
    engines: z.array(z.string()).optional().openapi({ description: 'All who spoke, if it was more than one' }),
    degraded: z.literal(true).optional().openapi({ description: 'The wanted engine failed and another one spoke' }),
    warnings: z
      .array(z.string())
      .optional()
      .openapi({ description: 'What of the request could not be done', example: ['pitch_ignored'] }),
  })
  .openapi('ReadyChunk');

const failedChunk = z
  .object({ index: z.int(), text: z.string(), error: z.string(), code: z.string() })
  .openapi('FailedChunk');

export const answerChunk = z.union([readyChunk, failedChunk]);
export type AnswerChunk = z.infer<typeof answerChunk>;

export const chunksAnswer = z
  .object({
    success: z.literal(true),
    total_chunks: z.int(),
    language: z.enum(TEXT_LANGUAGES),
    chunks: z.array(answerChunk),
  })
  .openapi('ChunksAnswer');

export const chunksFailure = z
  .object({
    success: z.literal(false),
    error: z.string(),
    code: z.string(),
    request_id: z.string(),
    total_chunks: z.int(),
    language: z.enum(TEXT_LANGUAGES),
    chunks: z.array(failedChunk),
  })
  .openapi('ChunksFailure');

export const healthSchema = z
  .object({
    status: z.enum(['ready', 'loading', 'degraded']).openapi({
      description: '`degraded`: the last three chunks could not be made; the log says why',
    }),
    models_loaded: z.boolean(),
    avatar_loaded: z.boolean(),
    device: z.enum(['cpu', 'cuda']).openapi({ description: 'Where inference really runs' }),
    versions: z.object({ soyle: z.string(), node: z.string(), onnxruntime: z.string() }),
    engines: z.object({ speech: z.string(), lipsync: z.string() }),
    queue: z.object({ active: z.int(), waiting: z.int() }),
    limits: z.object({ max_text_chars: z.int() }).openapi({ description: 'Longest text, code points' }),
    uptime_seconds: z.number(),
  })
  .openapi('Health');
export type Health = z.infer<typeof healthSchema>;

export const cleanupAnswer = z.object({ message: z.string(), removed: z.int() }).openapi('CleanupAnswer', {
  example: { message: 'Удалено файлов: 3', removed: 3 },
});
