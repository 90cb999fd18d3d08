import type { Language } from './types.ts';

interface Entry {
  status: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  ru: string;
  kk: string;
  en: string;
}

const entry = (status: number, ru: string, kk: string, en: string, retryable = false): Entry => ({
  status,
  retryable,
  ru,
  kk,
  en,
});

/** Every error a client can meet: stable code → HTTP status and text. `{name}` is filled from `params`. */
export const ERRORS = {
  text_required: entry(400, 'Требуется поле "text"', '"text" өрісі қажет', 'Field "text" is required'),
  text_empty: entry(400, 'Текст не может быть пустым', 'Мәтін бос болмауы керек', 'Text must not be empty'),
  tokens_unsupported: entry(
    400,
    'Токены не поддерживаются, пришлите "text"',
    'Токендер қолдау таппайды, "text" жіберіңіз',
    'Tokens are not supported, send "text"',
  ),
  language_unsupported: entry(400, 'Неподдерживаемый язык', 'Қолдау көрсетілмейтін тіл', 'Unsupported language'),
  invalid_request: entry(400, 'Неверный запрос: {detail}', 'Қате сұраныс: {detail}', 'Invalid request: {detail}'),
  engine_unknown: entry(
    400,
    'Нет движка речи «{engine}»; есть: {known}',
    '«{engine}» сөйлеу қозғалтқышы жоқ; барлары: {known}',
    'There is no speech engine "{engine}"; there is: {known}',
  ),
  voice_unknown: entry(
    400,
    'Нет голоса «{voice}»; есть: {known}',
    '«{voice}» дауысы жоқ; барлары: {known}',
    'There is no voice "{voice}"; there is: {known}',
  ),
  malformed_json: entry(
    400,
    'Тело запроса не является корректным JSON',
    'Сұраныс денесі дұрыс JSON емес',
    'The request body is not valid JSON',
  ),
  not_found: entry(404, 'Не найдено', 'Табылмады', 'Not found'),
  video_not_found: entry(404, 'Видео не найдено', 'Бейне табылмады', 'Video not found'),
  audio_not_found: entry(404, 'Аудио не найдено', 'Аудио табылмады', 'Audio not found'),
  method_not_allowed: entry(405, 'Метод не поддерживается', 'Әдіске рұқсат жоқ', 'Method not allowed'),
  text_too_long: entry(
    413,
    'Текст длиннее {limit} символов',
    'Мәтін {limit} таңбадан ұзын',
    'Text is longer than {limit} characters',
  ),
  body_too_large: entry(
    413,
    'Тело запроса больше {limit} байт',
    'Сұраныс денесі {limit} байттан үлкен',
    'Request body is larger than {limit} bytes',
  ),
  unsupported_media_type: entry(
    415,
    'Ожидается Content-Type: application/json',
    'Content-Type: application/json күтіледі',
    'Content-Type must be application/json',
  ),
  media_unsupported: entry(
    415,
    'Неподдерживаемый формат файла',
    'Файл пішімі қолдау көрсетілмейді',
    'Unsupported media format',
  ),
  media_unreadable: entry(
    422,
    'Не удалось прочитать файл: {detail}',
    'Файлды оқу мүмкін болмады: {detail}',
    'The file cannot be read: {detail}',
  ),
  range_not_satisfiable: entry(416, 'Недопустимый диапазон', 'Жарамсыз ауқым', 'Range not satisfiable'),
  queue_full: entry(
    429,
    'Очередь заполнена, повторите позже',
    'Кезек толы, кейінірек қайталаңыз',
    'The waiting line is full, try again later',
    true,
  ),
  aborted: entry(499, 'Запрос отменён', 'Сұраныс тоқтатылды', 'Request was cancelled'),
  speech_failed: entry(
    500,
    'Не удалось озвучить текст',
    'Мәтінді дыбыстау мүмкін болмады',
    'Speech synthesis failed',
    true,
  ),
  speech_timeout: entry(
    500,
    'Синтез речи не уложился в отведённое время',
    'Сөйлеу синтезі уақытында аяқталмады',
    'Speech synthesis ran out of time',
    true,
  ),
  lipsync_failed: entry(
    500,
    'Не удалось синхронизировать губы',
    'Ерінді үндестіру мүмкін болмады',
    'Lip synchronisation failed',
    true,
  ),
  encode_failed: entry(
    500,
    'Не удалось закодировать видео',
    'Бейнені кодтау мүмкін болмады',
    'Video encoding failed',
    true,
  ),
  audio_failed: entry(
    500,
    'Не удалось закодировать звук',
    'Дыбысты кодтау мүмкін болмады',
    'Audio encoding failed',
    true,
  ),
  internal: entry(500, 'Внутренняя ошибка сервера', 'Сервердің ішкі қатесі', 'Internal server error', true),
  loading: entry(503, 'Сервер загружается', 'Сервер жүктелуде', 'The server is loading', true),
  stopping: entry(503, 'Сервер останавливается', 'Сервер тоқтатылуда', 'The server is stopping', true),
  storage_full: entry(
    507,
    'На диске сервера не осталось места',
    'Сервер дискісінде орын қалмады',
    'The server has run out of disk space',
    true,
  ),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the catalogue. `message` is English, for logs; `text(language)` is what a client reads. */
export class SoyleError extends Error {
  readonly code: ErrorCode;
  readonly params: Record<string, string | number>;

  constructor(code: ErrorCode, params: Record<string, string | number> = {}, cause?: unknown) {
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
export function errorText(code: ErrorCode, language: Language, params: Record<string, string | number> = {}): string {
  return ERRORS[code][language].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
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

/** A fault an operator must mend before the server can start (bad setting, unusable avatar or model). */
export class BootError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BootError';
  }
}
