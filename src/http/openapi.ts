import type { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { errorSchema } from './schemas.ts';

/** Shorthands for what the route descriptions have in common. */

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonRequest = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

export const binary = <T extends string>(type: T, description: string) => ({
  description,
  content: { [type]: { schema: { type: 'string', format: 'binary' } } } as const,
});

/** The same, of one of these types. */
export const binaries = (types: readonly string[], description: string) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } as const }])),
});

/** Sound of one of these types. */
export const sounds = (...types: string[]) => ({
  description: 'The speech. `X-Speech-Engine` says who spoke, `X-Speech-Warnings` what of the request went unheeded',
  content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } as const }])),
});

/** Error answers: the catalogue codes a route can answer, by status. */
export function errorAnswers<S extends number>(codes: Record<S, readonly ErrorCode[]>) {
  const answer = (known: readonly ErrorCode[]) => json(errorSchema, known.map((code) => `\`${code}\``).join(', '));
  const answers = Object.entries<readonly ErrorCode[]>(codes).map(([status, known]) => [status, answer(known)]);
  return Object.fromEntries(answers) as Record<S, ReturnType<typeof answer>>;
}

/** Why an avatar that there is cannot speak or be shown. */
const UNREADY = {
  400: ['file_empty'],
  409: ['avatar_preparing'],
  415: ['media_unsupported'],
  422: [
    ...(['face_not_found', 'face_not_at_point', 'media_damaged', 'media_no_picture'] as const),
    ...(['picture_too_large', 'avatar_unusable'] as const),
  ],
  500: ['preparation_failed'],
  507: ['storage_full'],
} as const;

const AVATAR_FILE = { ...UNREADY, 404: ['avatar_unknown', 'not_found'], 503: ['loading'] } as const;
/** What every route that answers a file of an avatar can answer besides it. */
export const avatarFileErrors = errorAnswers(AVATAR_FILE);
/** The same where the query may name the avatar. */
export const namedFileErrors = errorAnswers({ ...AVATAR_FILE, 400: ['invalid_request', ...UNREADY[400]] });

/** What every rendering route can answer besides success. */
export const renderErrors = errorAnswers({
  ...UNREADY,
  400: [
    ...(['text_required', 'text_empty', 'language_unsupported', 'invalid_request'] as const),
    ...(['engine_unknown', 'voice_unknown', 'voice_language', 'malformed_json'] as const),
    ...(['matte_missing', 'format_opaque', 'format_transparent'] as const),
    ...UNREADY[400],
  ],
  404: ['model_unknown', 'background_unknown', 'avatar_unknown'],
  413: ['text_too_long', 'body_too_large'],
  415: ['unsupported_media_type', ...UNREADY[415]],
  429: ['queue_full'],
  500: ['speech_failed', 'speech_timeout', 'lipsync_failed', 'encode_failed', ...UNREADY[500], 'internal'],
  503: ['loading', 'stopping', 'model_unavailable'],
});

/** What every route that answers speech alone can answer besides it. */
export const speechErrors = errorAnswers({
  400: [
    ...(['text_required', 'text_empty', 'language_unsupported', 'engine_unknown', 'voice_unknown'] as const),
    ...(['voice_language', 'invalid_request', 'malformed_json', 'malformed_form', 'tokens_unsupported'] as const),
  ],
  413: ['text_too_long', 'body_too_large'],
  415: ['unsupported_media_type'],
  429: ['queue_full'],
  500: ['speech_failed', 'speech_timeout', 'audio_failed', 'internal'],
  503: ['loading', 'stopping'],
});
