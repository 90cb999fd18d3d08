/** SSML that espeak reads as nothing but the text, and where each of its characters comes from. */
export interface EscapedText {
  ssml: string;
  /** UTF-16 offset in the text of every code point of `ssml`. */
  offsets: number[];
}

const WHITE_SPACE = /\s/;
/** espeak drops what a word has beyond 160 bytes: longer runs are cut by a space. */
const LONGEST_RUN = 50;
/** Control characters (U+0001 starts espeak's embedded commands), lone surrogates, private and unassigned ones. */
const UNSPEAKABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/u;

/**
 * Takes the power from everything espeak would obey: SSML tags and entities, `[[` phoneme codes, control characters.
 * `<` and `>` are silent in every voice, so a space loses nothing.
 */
export function escapeText(text: string): EscapedText {
  let ssml = '';
  const offsets: number[] = [];
  let offset = 0;
  let run = 0;
  for (const char of text) {
    const escaped = run === LONGEST_RUN ? ` ${escapeChar(char)}` : escapeChar(char);
    run = WHITE_SPACE.test(char) ? 0 : (run % LONGEST_RUN) + 1;
    for (const _ of escaped) offsets.push(offset);
    ssml += escaped;
    offset += char.length;
  }
  return { ssml, offsets };
}

function escapeChar(char: string): string {
  if (char === '&') return '&amp;';
  if (char === '[') return '(';
  if (char === '<' || char === '>') return ' ';
  return UNSPEAKABLE.test(char) && !WHITE_SPACE.test(char) ? ' ' : char;
}
