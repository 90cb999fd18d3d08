import type { Hook } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SoyleError } from '../errors.ts';
import { INTENSITY, type Language, SOUND_FORMATS, TEXT_LANGUAGES } from '../types.ts';
import type { AppEnv } from './deps.ts';
import { knownCode } from './errors.ts';
import { requestLanguage } from './language.ts';
import { AGE, CHUNK_INDEX, CHUNK_SIZE, FACTOR, GENDERS, NAME_LENGTH, TEMPERATURE } from './schemas.ts';

/** A JSON body is always named as such: this also keeps other sites' plain forms out. */
const requireContentType: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!c.req.header('content-type')) throw new SoyleError('unsupported_media_type');
  await next();
};

/** What runs before a JSON body is parsed: it has a content type and at most `maxBytes` bytes, announced or not. */
export function jsonBody(maxBytes: number): MiddlewareHandler<AppEnv>[] {
  const refuse = () => {
    throw new SoyleError('body_too_large', { limit: maxBytes });
  };
  return [requireContentType, bodyLimit({ maxSize: maxBytes, onError: refuse })];
}

/** Turns the first complaint of a request schema into a catalogue error. */
export function rejectInvalid(maxTextChars: number): Hook<unknown, AppEnv, string, undefined> {
  return (result, c) => {
    if (result.success) return undefined;
    const [issue] = result.error.issues;
    const detail = complaint(String(issue?.path[0]), requestLanguage(c));
    throw new SoyleError(knownCode(issue?.message, 'invalid_request'), { detail, limit: maxTextChars });
  };
}

type Phrase = Record<Language, string>;

const integer = (min: number, max: number): Phrase => ({
  ru: `целое число от ${min} до ${max}`,
  kk: `${min} мен ${max} аралығындағы бүтін сан`,
  en: `an integer from ${min} to ${max}`,
});
const number = (min: number, max: number): Phrase => ({
  ru: `число от ${min} до ${max}`,
  kk: `${min} мен ${max} аралығындағы сан`,
  en: `a number from ${min} to ${max}`,
});
const oneOf = (...names: string[]): Phrase => ({
  ru: `одно из значений ${names.join(', ')}`,
  kk: `${names.join(', ')} мәндерінің бірі`,
  en: `one of ${names.join(', ')}`,
});

const STRING: Phrase = { ru: 'строка', kk: 'жол', en: 'a string' };

const name = (most: number): Phrase => ({
  ru: `строка длиной от 1 до ${most} символов`,
  kk: `ұзындығы 1 мен ${most} таңба аралығындағы жол`,
  en: `a string of 1 to ${most} characters`,
});
const attributes = `{"gender": "${GENDERS.join('|')}", "age": ${AGE.min}…${AGE.max}, "emotion": "…"}`;

const EXPECTED: Record<string, Phrase> = {
  text: STRING,
  language: oneOf(...TEXT_LANGUAGES),
  intensity: number(INTENSITY.min, INTENSITY.max),
  engine: name(NAME_LENGTH),
  voice: name(NAME_LENGTH),
  rate: number(FACTOR.min, FACTOR.max),
  pitch: number(FACTOR.min, FACTOR.max),
  temperature: number(TEMPERATURE.min, TEMPERATURE.max),
  voice_attributes: {
    ru: `объект вида ${attributes}`,
    kk: `${attributes} түріндегі объект`,
    en: `an object like ${attributes}`,
  },
  chunk_size: integer(CHUNK_SIZE.min, CHUNK_SIZE.max),
  first_chunk_size: integer(CHUNK_SIZE.min, CHUNK_SIZE.max),
  split: oneOf('words', 'smart'),
  word_timings: oneOf('true', 'false'),
  chunk_index: integer(CHUNK_INDEX.min, CHUNK_INDEX.max),
  input: STRING,
  text_input: STRING,
  format: oneOf('wav', 'mp3', 'ogg'),
  response_format: oneOf(...SOUND_FORMATS),
  stream_format: oneOf('audio', 'sse'),
  speed: number(0.25, 4),
  max_length: integer(1, 4096),
};
const OBJECT: Phrase = { ru: 'ожидается объект JSON', kk: 'JSON объектісі күтіледі', en: 'expected a JSON object' };

/** Names the field and what it may hold. */
function complaint(field: string, language: Language): string {
  const expected = EXPECTED[field]?.[language];
  if (!expected) return OBJECT[language];
  const sentence: Phrase = {
    ru: `в поле "${field}" ожидается ${expected}`,
    kk: `"${field}" өрісінде ${expected} күтіледі`,
    en: `field "${field}" must be ${expected}`,
  };
  return sentence[language];
}
