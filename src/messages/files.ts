import { type Entry, entry } from './entry.ts';

/** What is wrong with a file that was sent, dropped or asked for. */
export const FILES = {
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
  media_unreadable: entry(
    422,
    'Не удалось прочитать файл: {detail}',
    'Файлды оқу мүмкін болмады: {detail}',
    'The file cannot be read: {detail}',
  ),
  video_not_found: entry(404, 'Видео не найдено', 'Бейне табылмады', 'Video not found'),
  audio_not_found: entry(404, 'Аудио не найдено', 'Аудио табылмады', 'Audio not found'),
  range_not_satisfiable: entry(416, 'Недопустимый диапазон', 'Жарамсыз ауқым', 'Range not satisfiable'),
  storage_full: entry(
    507,
    'На диске сервера не осталось места',
    'Сервер дискісінде орын қалмады',
    'The server has run out of disk space',
    true,
  ),
} as const satisfies Record<string, Entry>;
