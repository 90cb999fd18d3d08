import type { Phrase } from '../errors.ts';
import { CROPS, INTENSITY, type Language, PAD, RESOLUTION, SOUND_FORMATS, TEXT_LANGUAGES } from '../types.ts';
import { POSE } from './look-schemas.ts';
import { AGE, CHUNK_INDEX, CHUNK_SIZE, FACTOR, GENDERS, NAME_LENGTH, OLD_PAD, TEMPERATURE } from './schemas.ts';

/** What fields may hold, by their names. */
export type Expectations = Readonly<Record<string, Phrase>>;

interface Range {
  readonly min: number;
  readonly max: number;
}

const integer = ({ min, max }: Range): Phrase => ({
  ru: `целое число от ${min} до ${max}`,
  kk: `${min} мен ${max} аралығындағы бүтін сан`,
  en: `an integer from ${min} to ${max}`,
});
export const number = ({ min, max }: Range): Phrase => ({
  ru: `число от ${min} до ${max}`,
  kk: `${min} мен ${max} аралығындағы сан`,
  en: `a number from ${min} to ${max}`,
});
export const oneOf = (...names: string[]): Phrase => ({
  ru: `одно из значений ${names.join(', ')}`,
  kk: `${names.join(', ')} мәндерінің бірі`,
  en: `one of ${names.join(', ')}`,
});
const STRING: Phrase = { ru: 'строка', kk: 'жол', en: 'a string' };
/** Of a form, where a field can be sent twice, or as a file. */
export const ONE_STRING: Phrase = { ru: 'одна строка', kk: 'бір жол', en: 'one string' };
/** May be empty. */
export const WORD: Phrase = {
  ru: `строка не длиннее ${NAME_LENGTH} символов`,
  kk: `${NAME_LENGTH} таңбадан аспайтын жол`,
  en: `a string of at most ${NAME_LENGTH} characters`,
};
const NAME: Phrase = {
  ru: `строка длиной от 1 до ${NAME_LENGTH} символов`,
  kk: `ұзындығы 1 мен ${NAME_LENGTH} таңба аралығындағы жол`,
  en: `a string of 1 to ${NAME_LENGTH} characters`,
};
/** A name, or an object that holds one. */
export const nameOr = (object: string): Phrase => ({
  ru: `${NAME.ru} или ${object}`,
  kk: `${NAME.kk} немесе ${object}`,
  en: `${NAME.en} or ${object}`,
});
const like = (object: string): Phrase => ({
  ru: `объект вида ${object}`,
  kk: `${object} түріндегі объект`,
  en: `an object like ${object}`,
});
const OTHER: Phrase = { ru: 'другое значение', kk: 'басқа мән', en: 'something else' };

/** On every route that does not say otherwise. */
const EXPECTED: Expectations = {
  text: STRING,
  language: oneOf(...TEXT_LANGUAGES),
  avatar: NAME,
  id: NAME,
  intensity: number(INTENSITY),
  engine: NAME,
  voice: NAME,
  rate: number(FACTOR),
  pitch: number(FACTOR),
  temperature: number(TEMPERATURE),
  voice_attributes: like(`{"gender": "${GENDERS.join('|')}", "age": ${AGE.min}…${AGE.max}, "emotion": "…"}`),
  chunk_size: integer(CHUNK_SIZE),
  first_chunk_size: integer(CHUNK_SIZE),
  split: oneOf('words', 'smart'),
  word_timings: oneOf('true', 'false'),
  chunk_index: integer(CHUNK_INDEX),
  format: oneOf('wav', 'mp3', 'ogg'),
  static_mode: oneOf('true', 'false'),
  pads: {
    ru: `список из четырёх чисел от ${PAD.min} до ${PAD.max}: сверху, снизу, слева, справа`,
    kk: `${PAD.min} мен ${PAD.max} аралығындағы төрт сан тізімі: үсті, асты, сол, оң`,
    en: `a list of four numbers from ${PAD.min} to ${PAD.max}: top, bottom, left, right`,
  },
  pad_top: integer(OLD_PAD),
  pad_bottom: integer(OLD_PAD),
  pad_left: integer(OLD_PAD),
  pad_right: integer(OLD_PAD),
  background: oneOf('"keep"', '"transparent"', '"#rrggbb"', '{"picture": "…"}'),
  resolution: integer(RESOLUTION),
  crop: oneOf(...CROPS),
  pose: integer(POSE),
  max_length: integer({ min: 1, max: 4096 }),
  input: STRING,
  model: WORD,
  instructions: STRING,
  response_format: oneOf(...SOUND_FORMATS),
  stream_format: oneOf('audio', 'sse'),
  text_input: ONE_STRING,
  character_voice_gen: WORD,
};

const OBJECT: Phrase = { ru: 'ожидается объект JSON', kk: 'JSON объектісі күтіледі', en: 'expected a JSON object' };

/** Names the field as the client calls it and what it may hold; without a field it is the body that is wrong. */
export function complaint(field: string | undefined, language: Language, own: Expectations = {}): string {
  if (field === undefined) return OBJECT[language];
  const expected = (own[field] ?? EXPECTED[field] ?? OTHER)[language];
  const sentence: Phrase = {
    ru: `в поле "${field}" ожидается ${expected}`,
    kk: `"${field}" өрісінде ${expected} күтіледі`,
    en: `field "${field}" must be ${expected}`,
  };
  return sentence[language];
}
