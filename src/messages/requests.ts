import { type Entry, entry } from './entry.ts';

/** What is wrong with a request of any kind, or with the server it reaches. */
export const REQUESTS = {
  invalid_request: entry(400, 'Неверный запрос: {detail}', 'Қате сұраныс: {detail}', 'Invalid request: {detail}'),
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
  origin_forbidden: entry(
    403,
    'Страницам с {origin} этого здесь делать нельзя; впишите этот адрес в CORS_ORIGINS',
    '{origin} беттеріне мұнда бұлай етуге болмайды; бұл мекенжайды CORS_ORIGINS ішіне жазыңыз',
    'Pages of {origin} may not do this here; name that origin in CORS_ORIGINS',
  ),
  not_found: entry(
    404,
    'Не найдено; проверьте адрес, все они перечислены в /docs',
    'Табылмады; мекенжайды тексеріңіз, олардың бәрі /docs бетінде',
    'Not found; check the address, /docs lists them all',
  ),
  method_not_allowed: entry(
    405,
    'Метод не поддерживается; по этому адресу есть: {allow}',
    'Әдіске рұқсат жоқ; бұл мекенжайда барлары: {allow}',
    'Method not allowed; this address takes: {allow}',
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
  queue_full: entry(
    429,
    'Очередь заполнена, повторите позже',
    'Кезек толы, кейінірек қайталаңыз',
    'The waiting line is full, try again later',
    true,
  ),
  aborted: entry(499, 'Запрос отменён', 'Сұраныс тоқтатылды', 'Request was cancelled'),
  internal: entry(500, 'Внутренняя ошибка сервера', 'Сервердің ішкі қатесі', 'Internal server error', true),
  loading: entry(503, 'Сервер загружается', 'Сервер жүктелуде', 'The server is loading', true),
  stopping: entry(503, 'Сервер останавливается', 'Сервер тоқтатылуда', 'The server is stopping', true),
} as const satisfies Record<string, Entry>;
