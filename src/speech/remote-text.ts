/** Control characters, lone surrogates, private and unassigned ones. */
const UNSPEAKABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu;

/**
 * Takes the power from what some server would obey: SSML tags (ElevenLabs pauses at `<break>`), audio tags and phoneme
 * codes in square brackets, control characters. The text keeps its length in characters.
 */
export function plainText(text: string): string {
  return text.replace(UNSPEAKABLE, ' ').replace(/[<>]/g, ' ').replaceAll('[', '(').replaceAll(']', ')');
}

/** Whether there is a letter, a digit or a picture with a name: without one servers answer with noise or an error. */
export function hasSound(text: string): boolean {
  return /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text);
}
