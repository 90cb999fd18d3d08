/** A text made safe to speak, and the way back to the characters it came from. */
export interface Speakable {
  text: string;
  /** UTF-16 offset in the source of the character at `index` (0 … text.length) of `text`. */
  sourceOffset(index: number): number;
}

/** A base character with its combining marks, or marks that stand alone; more than a few on one base are no language. */
const UNIT = /\P{M}\p{M}{0,4}|\p{M}+/gu;
/** Characters that have no shape of their own: zero-width and bidi controls, soft hyphens, variation selectors, … */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Marks drawn around a character, such as the keycap in 1️⃣. */
const ENCLOSING = /\p{Me}/gu;
/** What nobody can pronounce: controls, private use, unassigned, halves of surrogate pairs, U+FFFD. */
const UNSPEAKABLE = /^[\p{C}\u{FFFD}]/u;
/** Emoji and their parts; © ® ™ ‼ ⁉ count as such in Unicode, but are text to a voice. */
const PICTOGRAPH = /^(?![©®™‼⁉])[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u;
const WHITE_SPACE = /^\p{White_Space}/u;
const LONE_MARK = /^\p{M}/u;

/**
 * Makes a user's text fit for any speech engine: what cannot be pronounced (controls, emoji, broken surrogates, …)
 * becomes as many spaces, invisible characters inside words vanish, and decomposed letters are composed, so that
 * "и" + U+0306 is й to the voice. Markup such as `<` and `[[` is left for each engine to escape.
 */
export function speakable(source: string): Speakable {
  let text = '';
  const offsets: number[] = [];
  for (const { 0: unit, index } of source.matchAll(UNIT)) {
    const spoken = spokenUnit(unit);
    for (let i = 0; i < spoken.length; i++) offsets.push(index + Math.min(i, unit.length - 1));
    text += spoken;
  }
  offsets.push(source.length);
  return { text, sourceOffset: (index) => offsets[Math.max(0, Math.min(index, offsets.length - 1))]! };
}

/** Whether a speakable text has any letter or digit to pronounce. */
export function hasSpeech(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

function spokenUnit(unit: string): string {
  const visible = unit.replace(INVISIBLE, '').replace(ENCLOSING, '');
  if (visible === '' || LONE_MARK.test(visible)) return '';
  if (visible === '\n') return visible;
  if (WHITE_SPACE.test(visible) || UNSPEAKABLE.test(visible) || PICTOGRAPH.test(visible)) {
    return ' '.repeat(unit.length);
  }
  return visible.normalize('NFC');
}
