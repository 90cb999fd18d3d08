import type { Language } from './types.ts';

/** One wording for each language that messages come in. */
export type Phrase = Readonly<Record<Language, string>>;
/** What messages name: a part of one that is itself worded in every language is a phrase. */
export type ErrorParams = Record<string, string | number | Phrase>;

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
  text_required: entry(400, 'Требуется поле "{field}"', '"{field}" өрісі қажет', 'Field "{field}" is required'),
  text_empty: entry(400, 'Текст не может быть пустым', 'Мәтін бос болмауы керек', 'Text must not be empty'),
  tokens_unsupported: entry(
    400,
    'Токены не поддерживаются, пришлите "text"',
    'Токендер қолдау таппайды, "text" жіберіңіз',
    'Tokens are not supported, send "text"',
  ),
  language_unsupported: entry(
    400,
    'Неподдерживаемый язык: {detail}',
    'Қолдау көрсетілмейтін тіл: {detail}',
    'Unsupported language: {detail}',
  ),
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
  voice_language: entry(
    400,
    'Голос «{voice}» говорит на {known}, а не на {language}; задайте "language": {known}',
    '«{voice}» дауысы {language} емес, {known} тілінде сөйлейді; "language" өрісіне мынаны қойыңыз: {known}',
    'Voice "{voice}" speaks {known}, not {language}; set "language" to {known}',
  ),
  matte_missing: entry(
    400,
    'У аватара «{avatar}» нельзя отделить человека от фона: снимите его перед зелёным экраном или загрузите PNG или WebP с прозрачным фоном либо видео с альфа-каналом; с этим аватаром подходит только "background": "keep"',
    '«{avatar}» аватарында адамды фоннан бөлу мүмкін емес: оны жасыл экран алдында түсіріңіз немесе фоны мөлдір PNG не WebP суретін не альфа-арнасы бар бейне жүктеңіз; бұл аватарға тек "background": "keep" жарайды',
    'Avatar "{avatar}" cannot be told from its background: film it before a green screen, or upload a PNG or WebP with a transparent background or a video with alpha; this one takes "background": "keep" alone',
  ),
  format_opaque: entry(
    400,
    'В "format": "mp4" нет прозрачности; для прозрачного фона выберите "webm" или "stacked-mp4"',
    '"format": "mp4" мөлдірлікті сақтамайды; мөлдір фон үшін "webm" немесе "stacked-mp4" таңдаңыз',
    '"format": "mp4" holds no transparency; for a transparent background take "webm" or "stacked-mp4"',
  ),
  format_transparent: entry(
    400,
    '"format": "stacked-mp4" нужен только прозрачному фону: добавьте "background": "transparent" или выберите "mp4"',
    '"format": "stacked-mp4" тек мөлдір фонға керек: "background": "transparent" қосыңыз немесе "mp4" таңдаңыз',
    '"format": "stacked-mp4" is for a transparent background: add "background": "transparent", or take "mp4"',
  ),
  file_required: entry(
    400,
    'Пришлите файл в поле "file": фотографию или короткое видео',
    '"file" өрісінде файл жіберіңіз: фотосурет немесе қысқа бейне',
    'Send a file in the field "file": a photo or a short video',
  ),
  file_empty: entry(
    400,
    'Файл пуст (0 байт); пришлите фотографию или короткое видео',
    'Файл бос (0 байт); фотосурет немесе қысқа бейне жіберіңіз',
    'The file is empty (0 bytes); send a photo or a short video',
  ),
  consent_required: entry(
    400,
    'Нужно согласие человека на снимке: пришлите поле "consent" со значением true',
    'Суреттегі адамның келісімі керек: "consent" өрісін true мәнімен жіберіңіз',
    'The person shown must have agreed: send the field "consent" with the value true',
  ),
  uploads_closed: entry(
    403,
    'Загрузка аватаров на этом сервере закрыта; её открывает настройка AVATAR_UPLOADS=on',
    'Бұл серверде аватар жүктеу жабық; оны AVATAR_UPLOADS=on баптауы ашады',
    'Uploading avatars is closed on this server; the setting AVATAR_UPLOADS=on opens it',
  ),
  origin_forbidden: entry(
    403,
    'Страницам с {origin} этого здесь делать нельзя; впишите этот адрес в CORS_ORIGINS',
    '{origin} беттеріне мұнда бұлай етуге болмайды; бұл мекенжайды CORS_ORIGINS ішіне жазыңыз',
    'Pages of {origin} may not do this here; name that origin in CORS_ORIGINS',
  ),
  avatar_bundled: entry(
    403,
    'Аватар «{avatar}» входит в поставку, удалить его нельзя',
    '«{avatar}» аватары жинаққа кіреді, оны жоюға болмайды',
    'Avatar "{avatar}" comes with the server and cannot be deleted',
  ),
  avatar_default: entry(
    403,
    'Аватар «{avatar}» выбран в настройке AVATAR; сначала выберите там другой',
    '«{avatar}» аватары AVATAR баптауында таңдалған; алдымен онда басқасын таңдаңыз',
    'Avatar "{avatar}" is the one of the setting AVATAR; choose another one there first',
  ),
  malformed_json: entry(
    400,
    'Тело запроса не является корректным JSON; пришлите объект, в нём ключи и строки в двойных кавычках',
    'Сұраныс денесі дұрыс JSON емес; кілттері мен жолдары қос тырнақшадағы объект жіберіңіз',
    'The request body is not valid JSON; send an object, its keys and strings in double quotes',
  ),
  malformed_form: entry(
    400,
    'Форму не удалось прочитать; пришлите её полной, с границей (boundary) из Content-Type',
    'Форманы оқу мүмкін болмады; оны толық, Content-Type ішіндегі шекарамен (boundary) жіберіңіз',
    'The form cannot be read; send all of it, with the boundary that Content-Type names',
  ),
  not_found: entry(
    404,
    'Не найдено; проверьте адрес, все они перечислены в /docs',
    'Табылмады; мекенжайды тексеріңіз, олардың бәрі /docs бетінде',
    'Not found; check the address, /docs lists them all',
  ),
  model_not_found: entry(
    404,
    'Нет модели «{model}»; есть: {known}',
    '«{model}» моделі жоқ; барлары: {known}',
    'There is no model "{model}"; there is: {known}',
  ),
  model_unknown: entry(
    404,
    'Нет модели губ «{model}»; есть: {known}',
    '«{model}» ерін моделі жоқ; барлары: {known}',
    'There is no lips model "{model}"; there is: {known}',
  ),
  background_unknown: entry(
    404,
    'Нет фона «{picture}»; есть: {known}',
    '«{picture}» фоны жоқ; барлары: {known}',
    'There is no background "{picture}"; there is: {known}',
  ),
  avatar_unknown: entry(
    404,
    'Нет аватара «{avatar}»; есть: {known}',
    '«{avatar}» аватары жоқ; барлары: {known}',
    'There is no avatar "{avatar}"; there is: {known}',
  ),
  video_not_found: entry(404, 'Видео не найдено', 'Бейне табылмады', 'Video not found'),
  audio_not_found: entry(404, 'Аудио не найдено', 'Аудио табылмады', 'Audio not found'),
  method_not_allowed: entry(
    405,
    'Метод не поддерживается; по этому адресу есть: {allow}',
    'Әдіске рұқсат жоқ; бұл мекенжайда барлары: {allow}',
    'Method not allowed; this address takes: {allow}',
  ),
  avatar_exists: entry(
    409,
    'Аватар «{avatar}» уже есть; удалите его или возьмите другой id',
    '«{avatar}» аватары бұрыннан бар; оны жойыңыз немесе басқа id алыңыз',
    'Avatar "{avatar}" exists already; delete it or take another id',
  ),
  avatar_preparing: entry(
    409,
    'Аватар «{avatar}» ещё готовится, повторите чуть позже',
    '«{avatar}» аватары әлі дайындалуда, сәл кейін қайталаңыз',
    'Avatar "{avatar}" is still being prepared, try again in a moment',
    true,
  ),
  text_too_long: entry(
    413,
    'Текст длиннее {limit} символов, пришлите его частями',
    'Мәтін {limit} таңбадан ұзын, оны бөліктеп жіберіңіз',
    'Text is longer than {limit} characters, send it in parts',
  ),
  body_too_large: entry(
    413,
    'Слишком много данных: прислать можно не больше {limit} МБ',
    'Деректер тым көп: {limit} МБ-тан артық жіберуге болмайды',
    'Too much data: at most {limit} MB can be sent',
  ),
  unsupported_media_type: entry(
    415,
    'Ожидается Content-Type: {type}',
    'Content-Type: {type} күтіледі',
    'Content-Type must be {type}',
  ),
  media_unsupported: entry(
    415,
    'Неподдерживаемый формат файла; пришлите PNG, JPEG, WebP, MP4, MOV, WebM, MKV или GIF',
    'Файл пішімі қолдау көрсетілмейді; PNG, JPEG, WebP, MP4, MOV, WebM, MKV немесе GIF жіберіңіз',
    'Unsupported media format; send PNG, JPEG, WebP, MP4, MOV, WebM, MKV or GIF',
  ),
  picture_too_large: entry(
    422,
    'На картинке больше {limit} млн точек, уменьшите её',
    'Суретте {limit} млн нүктеден көп, оны кішірейтіңіз',
    'The picture has more than {limit} million pixels, make it smaller',
  ),
  media_damaged: entry(
    422,
    'Файл повреждён или обрывается; скопируйте или сохраните его заново',
    'Файл бүлінген немесе үзілген; оны қайта көшіріңіз немесе сақтаңыз',
    'The file is damaged or ends early; copy or export it again',
  ),
  media_no_picture: entry(
    422,
    'В файле нет изображения; пришлите фотографию или видео',
    'Файлда бейне жоқ; фотосурет немесе бейне жіберіңіз',
    'The file shows nothing; send a photo or a video',
  ),
  face_not_found: entry(
    422,
    'Лицо не найдено; возьмите снимок одного человека, лицом к камере, при хорошем свете, лицо не меньше шестнадцатой части высоты',
    'Бет табылмады; камераға қараған бір адамның жарық жерде түсірілген суретін алыңыз, беті биіктіктің он алтыдан бірінен кем болмасын',
    'No face was found; use a picture of one person, upright, well lit and looking towards the camera, the face at least a sixteenth of its height',
  ),
  face_not_at_point: entry(
    422,
    'В точке {x},{y} лица нет; укажите точку на самом лице, в пикселях изображения, повёрнутого прямо, или уберите "face": тогда возьмётся самое крупное лицо',
    '{x},{y} нүктесінде бет жоқ; беттің өзіндегі нүктені тік тұрған суреттің пиксельдерімен көрсетіңіз немесе "face" өрісін алып тастаңыз: сонда ең үлкен бет алынады',
    'There is no face at the point {x},{y}; name a point on the face, in pixels of the upright picture, or leave "face" out: then the largest face is taken',
  ),
  avatar_unusable: entry(
    422,
    'Папку аватара нельзя использовать: {detail}',
    'Аватар қалтасын қолдануға болмайды: {detail}',
    'The folder of the avatar cannot be used: {detail}',
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
  preparation_failed: entry(
    500,
    'Серверу не удалось подготовить аватар, файл в этом не виноват; подробности в журнале сервера, он попробует ещё раз',
    'Сервер аватарды дайындай алмады, файлдың кінәсі жоқ; толығы сервер журналында, ол тағы да көреді',
    'The server failed to prepare the avatar, the file is not to blame; the server log says more, and it tries again',
    true,
  ),
  internal: entry(500, 'Внутренняя ошибка сервера', 'Сервердің ішкі қатесі', 'Internal server error', true),
  loading: entry(503, 'Сервер загружается', 'Сервер жүктелуде', 'The server is loading', true),
  stopping: entry(503, 'Сервер останавливается', 'Сервер тоқтатылуда', 'The server is stopping', true),
  model_unavailable: entry(
    503,
    'Модель губ «{model}» не загружается: её файла нет или он повреждён, подробности в журнале сервера; возьмите другую из /api/models',
    '«{model}» ерін моделі жүктелмейді: файлы жоқ не бүлінген, толығы сервер журналында; /api/models ішінен басқасын алыңыз',
    'Lips model "{model}" cannot be loaded: its file is missing or damaged, the server log says more; take another of /api/models',
  ),
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
