import { readFileSync } from 'node:fs';

/** A fenced code block of a Markdown page. */
export interface Block {
  /** Text of the heading it stands under, without its emoji. */
  heading: string;
  /** What stands after the opening fence, such as `bash`. */
  language: string;
  code: string;
}

/** The text of a page of this repository. */
export const readPage = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The code blocks of a page in its order. Inside a block a line with `#` is no heading. */
export function codeBlocks(markdown: string): Block[] {
  let heading = '';
  const blocks: Block[] = [];
  for (const [, title, language, code] of markdown.matchAll(/^#+ (.+)$|^```(\S*)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title.replace(/^[\p{Emoji}\p{Emoji_Component}\s]+(?=\p{L})/u, '').trim();
    else blocks.push({ heading, language: language ?? '', code: code ?? '' });
  }
  return blocks;
}

/** Which fields a JSON value has and of what types: `{a: [1, 2]}` → `{a: ['number']}`. Of a list the first counts. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}
