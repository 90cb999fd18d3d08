/**
 * Letters and digits as lines on a grid 4 wide and 6 high, for labels in pictures: fonts differ from machine to machine,
 * and small ones have none.
 */
const GLYPHS: Record<string, string> = {
  '0': 'M0 1L1 0H3L4 1V5L3 6H1L0 5Z',
  '1': 'M1 1L2 0V6M1 6H3',
  '2': 'M0 1L1 0H3L4 1V2L0 6H4',
  '3': 'M0 0H4L2 2.5L4 4V5L3 6H1L0 5',
  '4': 'M3 6V0L0 4H4',
  '5': 'M4 0H0V2.5H3L4 3.5V5L3 6H0',
  '6': 'M4 0H2L0 2V5L1 6H3L4 5V4L3 3H0',
  '7': 'M0 0H4L1.5 6',
  '8': 'M1 3L0 2V1L1 0H3L4 1V2L3 3H1L0 4V5L1 6H3L4 5V4L3 3',
  '9': 'M4 3H1L0 2V1L1 0H3L4 1V4L2 6H0',
  A: 'M0 6V2L2 0L4 2V6M0 4H4',
  D: 'M0 0H2.5L4 1.5V4.5L2.5 6H0Z',
  F: 'M4 0H0V6M0 3H3',
  G: 'M4 1L3 0H1L0 1V5L1 6H3L4 5V3H2.5',
  I: 'M2 0V6M1 0H3M1 6H3',
  O: 'M1 0H3L4 1V5L3 6H1L0 5V1Z',
  P: 'M0 6V0H3L4 1V2L3 3H0',
  R: 'M0 6V0H3L4 1V2L3 3H0M2 3L4 6',
};
/** From one letter's left edge to the next one's, and the height, in steps of the grid. */
const ADVANCE = 6;
const HEIGHT = 6;

/** Width of a text `height` pixels high. */
export const textWidth = (text: string, height: number): number => ((text.length * ADVANCE - 2) * height) / HEIGHT;

/** A text as SVG, its upper left corner at (x, y). Throws RangeError for a letter that is not drawn here. */
export function drawText(
  text: string,
  { x, y, height, colour }: { x: number; y: number; height: number; colour: string },
) {
  const scale = height / HEIGHT;
  const letters = [...text].map((letter, i) => {
    const path = GLYPHS[letter];
    if (!path) throw new RangeError(`No strokes for "${letter}"`);
    return `<path d="${path}" transform="translate(${i * ADVANCE} 0)"/>`;
  });
  const pen = 'fill="none" stroke-linecap="round" stroke-linejoin="round" stroke-width="0.9"';
  return `<g transform="translate(${x} ${y}) scale(${scale})" stroke="${colour}" ${pen}>${letters.join('')}</g>`;
}
