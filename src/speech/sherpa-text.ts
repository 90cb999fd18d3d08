const WHITE_SPACE = /\s/;
/** espeak-ng, which makes the phonemes, drops what a word has beyond 160 bytes: longer runs are cut by a space. */
const LONGEST_RUN = 50;
/** Control characters, lone surrogates, private and unassigned ones. */
const UNSPEAKABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/u;
/** What ends a sentence, closing quotes and brackets included, and a line's end. */
const SENTENCE_END = /(?<=[.!?…]["'»”’)\]]*)\s+|\n+/u;
const PRONOUNCEABLE = /[\p{L}\p{N}]/u;
/** A network's memory grows with the square of what it gets at once. */
const LONGEST_PIECE = 400;

/**
 * A text in pieces that are spoken one after another, each a sentence or a part of a long one; none when there is
 * nothing to pronounce. What espeak-ng would obey (`[[` phoneme codes) or choke on is taken out.
 */
export function splitForSherpa(text: string): string[] {
  return text
    .split(SENTENCE_END)
    .flatMap((sentence) => cutLong(clean(sentence)))
    .filter((piece) => PRONOUNCEABLE.test(piece));
}

function clean(text: string): string {
  let cleaned = '';
  let run = 0;
  for (const char of text) {
    if (run === LONGEST_RUN) cleaned += ' ';
    run = WHITE_SPACE.test(char) ? 0 : (run % LONGEST_RUN) + 1;
    cleaned += speakable(char);
  }
  return cleaned.trim();
}

function speakable(char: string): string {
  if (char === '[') return '(';
  return char === '<' || char === '>' || UNSPEAKABLE.test(char) ? ' ' : char;
}

function cutLong(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > LONGEST_PIECE) {
    // `clean` has put a space into every run of characters.
    const at = rest.lastIndexOf(' ', LONGEST_PIECE);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...pieces, rest];
}
