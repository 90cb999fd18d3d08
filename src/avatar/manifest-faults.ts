import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { BootError, type Phrase, SoyleError } from '../errors.ts';
import { AVATAR_CHARS, AVATAR_FILE, VOICE_GENDERS } from '../types.ts';

/* What can be wrong with an avatar's folder, for who reads the log and, in three languages, for who asks for the avatar. */

export const MANIFEST = 'avatar.json';
export const PICTURES = ['.png', '.jpg', '.jpeg', '.webp'];
export const VIDEOS = ['.mp4', '.mov', '.webm', '.mkv', '.gif'];

const KINDS = [...PICTURES, ...VIDEOS].join(' ');
const CHOSEN = {
  ru: 'a-z, 0-9, "-" и "_", первой буква или цифра, не больше 64 символов',
  kk: 'a-z, 0-9, "-" және "_", біріншісі әріп не цифр, 64 таңбадан аспайды',
  en: 'a-z, 0-9, "-" and "_", a letter or digit first, at most 64 characters',
};
const FILE_NAME: Phrase = {
  ru: 'имя файла рядом с avatar.json, без пути',
  kk: 'avatar.json жанындағы файлдың аты, жолсыз',
  en: 'the name of a file beside avatar.json, without a path',
};
const WORDS: Phrase = { ru: 'непустая строка', kk: 'бос емес жол', en: 'a string that is not empty' };
const same = (text: string): Phrase => ({ ru: text, kk: text, en: text });

/** What the keys that people write may hold. */
const EXPECTED: Readonly<Record<string, Phrase>> = {
  id: CHOSEN,
  name: {
    ru: `строка длиной от 1 до ${AVATAR_CHARS.name} символов, без управляющих символов`,
    kk: `ұзындығы 1 мен ${AVATAR_CHARS.name} таңба аралығындағы, басқару таңбалары жоқ жол`,
    en: `a string of 1 to ${AVATAR_CHARS.name} characters, none of them a control character`,
  },
  source: FILE_NAME,
  poster: FILE_NAME,
  loop: same('true / false / "pingpong" / "best"'),
  idle: same('"alive" / "still"'),
  face: {
    ru: 'точка в пикселях изображения, повёрнутого прямо: "320,240" или {"x": 320, "y": 240}',
    kk: 'тік тұрған суреттің пиксельдеріндегі нүкте: "320,240" не {"x": 320, "y": 240}',
    en: 'a point in pixels of the upright picture, "320,240" or {"x": 320, "y": 240}',
  },
  gender: same(VOICE_GENDERS.map((one) => `"${one}"`).join(' / ')),
  licence: WORDS,
  origin: WORDS,
};
const KEYS = Object.keys(EXPECTED).join(', ');
const OTHER: Phrase = { ru: 'другое значение', kk: 'басқа мән', en: 'something else' };

/** A folder or file of an avatar's, and what is wrong with it; `where` is its path, of which clients see the end alone. */
const fault = (path: string, shown: string, told: (where: string) => Phrase, cause?: unknown): BootError =>
  new BootError(told(path).en, new SoyleError('avatar_unusable', { detail: told(shown) }, cause));

const ofFolder = (dir: string, told: (where: string) => Phrase): BootError => fault(dir, basename(dir), told);
const ofFile = (path: string, told: (where: string) => Phrase, cause?: unknown): BootError =>
  fault(path, join(basename(dirname(path)), basename(path)), told, cause);

export const notAnId = (dir: string, id: string): BootError =>
  ofFolder(dir, (where) => ({
    ru: `папка ${where}: «${id}» не может быть id; переименуйте её (${CHOSEN.ru})`,
    kk: `${where} қалтасы: «${id}» id бола алмайды; атын өзгертіңіз (${CHOSEN.kk})`,
    en: `Avatar folder ${where}: "${id}" cannot be an id; rename it (${CHOSEN.en}).`,
  }));

export const nothingToShow = (dir: string): BootError =>
  ofFolder(dir, (where) => ({
    ru: `в папке ${where} нет ни изображения, ни видео; положите туда одно (${KINDS})`,
    kk: `${where} қалтасында сурет те, бейне де жоқ; біреуін салыңыз (${KINDS})`,
    en: `Avatar folder ${where} holds no picture or video: put one there (${KINDS}).`,
  }));

export function severalCandidates(dir: string, names: readonly string[]): BootError {
  const list = names.join(', ');
  return ofFolder(dir, (where) => ({
    ru: `в папке ${where} несколько файлов (${list}); оставьте один или назовите его в ${MANIFEST} ключом "source"`,
    kk: `${where} қалтасында бірнеше файл бар (${list}); біреуін қалдырыңыз немесе ${MANIFEST} ішінде "source" кілтімен атаңыз`,
    en: `Avatar folder ${where} holds several candidates (${list}); keep one, or name it as "source" in ${MANIFEST}.`,
  }));
}

export const otherKind = (path: string, allowed: readonly string[]): BootError =>
  ofFile(path, (where) => ({
    ru: `файл ${where} не того вида; сохраните его как один из: ${allowed.join(' ')}`,
    kk: `${where} файлының түрі жарамайды; оны мына түрлердің біріне сақтаңыз: ${allowed.join(' ')}`,
    en: `Avatar file ${where} is of no kind that can be used here: convert it to one (${allowed.join(' ')}).`,
  }));

export const missingFile = (path: string, cause: unknown): BootError =>
  ofFile(
    path,
    (where) => ({
      ru: `файла ${where} нет; положите его туда или исправьте ${MANIFEST}`,
      kk: `${where} файлы жоқ; оны сонда салыңыз немесе ${MANIFEST} файлын түзетіңіз`,
      en: `Avatar file ${where} is missing: put it there or correct ${MANIFEST}.`,
    }),
    cause,
  );

export const noFile = (path: string): BootError =>
  ofFile(path, (where) => ({
    ru: `${where} не файл`,
    kk: `${where} файл емес`,
    en: `Avatar file ${where} is not a file.`,
  }));

export const emptyFile = (path: string): BootError =>
  new BootError(`Avatar file ${path} is empty (0 bytes): copy it again.`, new SoyleError('file_empty'));

export const pictureTooHeavy = (path: string): BootError => {
  const most = AVATAR_FILE.pictureBytes / 2 ** 20;
  return ofFile(path, (where) => ({
    ru: `файл ${where} больше ${most} МиБ; уменьшите его`,
    kk: `${where} файлы ${most} МиБ-тан үлкен; оны кішірейтіңіз`,
    en: `Avatar file ${where} is larger than ${most} MiB; make it smaller.`,
  }));
};

export const unreadable = (path: string, cause: unknown): BootError =>
  ofFile(
    path,
    (where) => ({
      ru: `файл ${where} не читается как JSON; в нём должен быть один объект, ключи и строки в двойных кавычках`,
      kk: `${where} файлы JSON ретінде оқылмайды; онда бір объект болуы керек, кілттері мен жолдары қос тырнақшада`,
      en: `Avatar description ${where} is not usable: it must be JSON, one object, its keys and strings in double quotes.`,
    }),
    cause,
  );

/** The first complaint about what stands in avatar.json, naming the key and what it may hold. */
export function misdescribed(path: string, error: z.ZodError): BootError {
  const [issue] = error.issues;
  const field = issue?.path[0];
  if (field === undefined) {
    return issue?.code === 'unrecognized_keys' ? unknownKeys(path, issue.keys) : unreadable(path, error);
  }
  const key = String(field);
  const expected = EXPECTED[key] ?? OTHER;
  return ofFile(
    path,
    (where) => ({
      ru: `в файле ${where} в поле "${key}" ожидается: ${expected.ru}`,
      kk: `${where} файлының "${key}" өрісінде күтіледі: ${expected.kk}`,
      en: `Avatar description ${where} is not usable: "${key}" must be ${expected.en}.`,
    }),
    error,
  );
}

function unknownKeys(path: string, keys: readonly string[]): BootError {
  const names = keys.map((key) => `"${key}"`).join(', ');
  return ofFile(path, (where) => ({
    ru: `в файле ${where} лишнее: ${names}; есть ключи ${KEYS}`,
    kk: `${where} файлында артық: ${names}; бар кілттер: ${KEYS}`,
    en: `Avatar description ${where} is not usable: it has ${names}; the keys there are: ${KEYS}.`,
  }));
}
