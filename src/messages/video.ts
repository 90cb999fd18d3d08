import { type Entry, entry } from './entry.ts';

/** What is wrong with how an avatar is to be shown, and what rendering failed at. */
export const VIDEO = {
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
  model_unavailable: entry(
    503,
    'Модель губ «{model}» не загружается: её файла нет или он повреждён, подробности в журнале сервера; возьмите другую из /api/models',
    '«{model}» ерін моделі жүктелмейді: файлы жоқ не бүлінген, толығы сервер журналында; /api/models ішінен басқасын алыңыз',
    'Lips model "{model}" cannot be loaded: its file is missing or damaged, the server log says more; take another of /api/models',
  ),
  background_unknown: entry(
    404,
    'Нет фона «{picture}»; есть: {known}',
    '«{picture}» фоны жоқ; барлары: {known}',
    'There is no background "{picture}"; there is: {known}',
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
} as const satisfies Record<string, Entry>;
