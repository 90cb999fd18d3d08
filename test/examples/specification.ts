import { type Block, codeBlocks, readPage } from './markdown.ts';

/** The user's own page, byte for byte. */
const PAGE = readPage('docs/chunk-api.ru.md');

const BASE_URL = 'http://localhost:3000';
/** The ids of the page's sample answer: `<digits>_0` is the first chunk. */
const SAMPLE_ID = /20251028_\d{6}_\d{6}_(\d)/g;

export const blocks: Block[] = codeBlocks(PAGE);

/** The block under a heading, the `n`th there of that language. Throws when the page has none. */
function block(heading: string, language: string, n = 0): string {
  const found = blocks.filter((it) => it.heading === heading && it.language === language)[n];
  if (!found) throw new Error(`The page has no ${language} block ${n} under "${heading}"`);
  return found.code;
}

/** Every code block of the page; a test sees to it that none is left out. */
export const examples = {
  headers: block('Запрос', ''),
  request: block('Запрос', 'json'),
  response: block('Ответ', 'json'),
  fetch: block('JavaScript (Fetch API)', 'javascript'),
  python: block('Python (requests)', 'python'),
  curl: block('cURL', 'bash'),
  website: block('1. Стриминг на веб-сайте', 'html'),
  chatBot: block('2. Интеграция с чат-ботом', 'javascript'),
  pythonServer: block('3. Обработка на сервере', 'python'),
  chunkSizes: [0, 1, 2].map((n) => block('Размер чанков', 'json', n)),
  health: block('Проверка здоровья', 'bash'),
  healthResponse: block('Проверка здоровья', 'json'),
  cleanup: block('Очистка старых файлов', 'bash'),
  quickTest: block('Быстрый тест', 'bash'),
};

/** The example with its base URL and its sample chunk ids replaced, and nothing else. */
export function aimed(code: string, url: string, chunkIds: readonly string[] = []): string {
  return code
    .replaceAll(BASE_URL, url)
    .replace(SAMPLE_ID, (sample, index: string) => chunkIds[Number(index)] ?? sample);
}

/** What the page says after `**GET**` or `**POST**`: the documented addresses, on the server `url`. */
export const documentedRoutes = (url: string): string[] =>
  [...PAGE.matchAll(/^\*\*(GET|POST)\*\* `(\S+)`$/gm)].map(
    ([, method, address]) => `${method} ${aimed(address!, url)}`,
  );

/** A JSON example with comments in it. */
export const parseJson = (code: string): unknown => JSON.parse(code.replace(/\s+\/\/.*$/gm, ''));

/** A request line such as `POST /api/cleanup`. */
export function requestLine(code: string): { method: string; path: string } {
  const [, method, path] = /^(GET|POST) (\/\S+)\n$/.exec(code) ?? [];
  if (!method || !path) throw new Error(`Not a request line: ${code}`);
  return { method, path };
}
