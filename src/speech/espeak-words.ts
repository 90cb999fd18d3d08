import type { WordTiming } from '../types.ts';

/** The part of espeak's events that word times are made of, in the order of the sound. */
export interface SpokenEvent {
  type: string;
  /** Code points of the SSML before it, plus one. */
  text_position: number;
  /** ms */
  audio_position: number;
  id?: string | number;
}

/** What espeak spoke as one word: a written word may be several (`1234`), or a part of one (`of the`). */
interface SpokenWord {
  offset: number;
  opensClause: boolean;
  startMs: number;
  endMs: number;
}

interface WrittenWord {
  /** What white space separates. */
  start: number;
  end: number;
  /** The same without the silent characters around it. */
  text: string;
  textOffset: number;
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/**
 * Times of the written words of `text`: what white space separates, less the punctuation around it. `offsets` is
 * `escapeText`'s. Words that espeak runs together share their time by length; those it left out have none.
 */
export function wordTimings(text: string, offsets: readonly number[], events: readonly SpokenEvent[]): WordTiming[] {
  const written = writtenWords(text);
  const timed: { index: number; startMs: number; endMs: number }[] = [];
  let index = 0;
  for (const { offset, opensClause, startMs, endMs } of spokenWords(offsets, events)) {
    while (index + 1 < written.length && written[index + 1]!.start <= offset) index++;
    if (index + 1 < written.length && isEarly(offset, opensClause, written[index]!)) index++;
    const last = timed.at(-1);
    if (last?.index === index) last.endMs = endMs;
    else if (index < written.length) timed.push({ index, startMs, endMs });
  }
  return timed.flatMap(({ index, startMs, endMs }, i) => {
    const next = timed[i + 1]?.index ?? written.length;
    const swallowed = written.slice(index + 1, next).filter((word) => LETTER_OR_DIGIT.test(word.text));
    return shareTime([written[index]!, ...swallowed], startMs, endMs);
  });
}

/**
 * espeak places the first word after a full stop one character early, on the space, but also the later words of an
 * emoji's name, on the space behind it. Which one a position between two words means, the word before it tells.
 */
function isEarly(offset: number, opensClause: boolean, before: WrittenWord): boolean {
  return offset >= before.end && (opensClause || LETTER_OR_DIGIT.test(before.text));
}

/** Silent around a word. To Unicode `%`, `&`, `@`, `#` and `*` are punctuation, to a speaker words. */
const SILENT = /(?![%&@#*])[\p{P}\p{C}]/u;

function writtenWords(text: string): WrittenWord[] {
  return Array.from(text.matchAll(/\S+/gu), ({ 0: raw, index: start }) => {
    const chars = Array.from(raw);
    const first = chars.findIndex((char) => !SILENT.test(char));
    const last = chars.findLastIndex((char) => !SILENT.test(char));
    return {
      start,
      end: start + raw.length,
      text: chars.slice(Math.max(0, first), last + 1).join(''),
      textOffset: start + chars.slice(0, Math.max(0, first)).join('').length,
    };
  }).filter((word) => word.text !== '');
}

function spokenWords(offsets: readonly number[], events: readonly SpokenEvent[]): SpokenWord[] {
  const words: SpokenWord[] = [];
  let opensClause = true;
  let sounding = false;
  for (const { type, text_position, audio_position, id } of events) {
    const word = words.at(-1);
    // A sound lasts until the next event, a pause belongs to no word.
    if (word && sounding) word.endMs = audio_position;
    sounding = type === 'phoneme' && isSound(id);
    if (type === 'word') {
      const offset = offsets[Math.min(text_position, offsets.length) - 1] ?? 0;
      words.push({ offset, opensClause, startMs: audio_position, endMs: audio_position });
      opensClause = false;
    } else if (type === 'end' || type === 'sentence') {
      opensClause = true;
    }
  }
  return words;
}

/** Pauses have no name or begin with `_`; `(en)` is a change of language. */
function isSound(id: string | number | undefined): boolean {
  return typeof id === 'string' && id !== '' && !/^[_(]/.test(id);
}

function shareTime(words: readonly WrittenWord[], startMs: number, endMs: number): WordTiming[] {
  const letters = words.reduce((sum, word) => sum + word.text.length, 0);
  let before = 0;
  const at = () => Math.round(startMs + ((endMs - startMs) * before) / letters);
  return words.map(({ text, textOffset }) => {
    const wordStartMs = at();
    before += text.length;
    return { text, textOffset, startMs: wordStartMs, endMs: at() };
  });
}
