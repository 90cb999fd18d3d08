import { AVATARS } from './messages/avatars.ts';
import type { Entry, Phrase } from './messages/entry.ts';
import { FILES } from './messages/files.ts';
import { REQUESTS } from './messages/requests.ts';
import { SPEECH } from './messages/speech.ts';
import { VIDEO } from './messages/video.ts';
import type { Language } from './types.ts';

export type { Phrase } from './messages/entry.ts';

/** What messages name: a part of one that is itself worded in every language is a phrase. */
export type ErrorParams = Record<string, string | number | Phrase>;

/** Every error a client can meet: stable code → HTTP status and text. */
export const ERRORS = { ...SPEECH, ...VIDEO, ...AVATARS, ...FILES, ...REQUESTS } satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the catalogue. `message` is English, for logs; `text(language)` is what a client reads. */
export class SoyleError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown) {
    super(errorText(code, 'en', params), cause === undefined ? undefined : { cause });
    this.name = 'SoyleError';
    this.code = code;
    this.params = params;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  text(language: Language): string {
    return errorText(this.code, language, this.params);
  }
}

/** The catalogue's text for a code, its `{names}` filled in. */
export function errorText(code: ErrorCode, language: Language, params: ErrorParams = {}): string {
  return ERRORS[code][language].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    return typeof value === 'object' ? value[language] : String(value);
  });
}

/** `body_too_large`, its limit in megabytes. */
export const bodyTooLarge = (limitBytes: number): SoyleError =>
  new SoyleError('body_too_large', { limit: Number((limitBytes / 2 ** 20).toFixed(1)) });

const NO_BACKGROUNDS: Phrase = {
  ru: 'ни одного, у этого сервера фонов нет',
  kk: 'біреуі де жоқ, бұл серверде фон суреттері жоқ',
  en: 'none, this server has no backgrounds',
};

/** `background_unknown`, naming those there are. */
export const backgroundUnknown = (picture: string, known: readonly string[]): SoyleError =>
  new SoyleError('background_unknown', { picture, known: known.join(', ') || NO_BACKGROUNDS });

/** What is quoted of an id that does not exist: it may be anything. */
const LONGEST_ID = 64;

/** `avatar_unknown`, naming those of `listed` that can be used. */
export function avatarUnknown(id: string, listed: readonly { id: string; state: string }[]): SoyleError {
  const known = listed.filter(({ state }) => state !== 'failed').map((one) => one.id);
  const avatar = id.length > LONGEST_ID ? `${id.slice(0, LONGEST_ID)}…` : id;
  return new SoyleError('avatar_unknown', { avatar, known: known.sort().join(', ') });
}

/**
 * Any thrown value as a catalogue error. What is none of ours becomes `fallback` with the original as `cause`;
 * a full disk keeps its own code, an abort becomes `aborted`.
 */
export function toSoyleError(error: unknown, fallback: ErrorCode = 'internal'): SoyleError {
  if (error instanceof SoyleError) return error;
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT') return new SoyleError('storage_full', {}, error);
  if (name === 'AbortError') return new SoyleError('aborted', {}, error);
  return new SoyleError(fallback, {}, error);
}

/** Something was not done in the time it had. Its code is the one by which systems tell the same. */
export class LateError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Whether anything in the chain of causes is that. */
export function isLate(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof LateError) return true;
  return false;
}

/** A fault an operator must mend before the server can start (bad setting, unusable avatar or model). */
export class BootError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BootError';
  }

  /** What is to be mended, each fault in a line of its own; a heading above several is left out. */
  get faults(): readonly string[] {
    const [first = '', ...rest] = this.message.split('\n').map((line) => line.trim());
    return first.endsWith(':') && rest.length > 0 ? rest : [first, ...rest];
  }
}
