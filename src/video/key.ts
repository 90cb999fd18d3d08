import type { Screen } from '../types.ts';

/**
 * How much of the screen's colour a sample may have before it is seen through, and from where on it is the screen; 1 is
 * the screen itself, 0 has none of it.
 */
const SEEN = 0.14;
const UNSEEN = 0.58;
/** A colour counts as the screen's only within an angle of 60° from it: tan 30°. */
const ANGLE = 0.577;

/**
 * Chroma keying on the colour planes alone, which leaves shadows and folds of the screen behind: of each sample its
 * share of the screen's hue, less the part that is another hue (as in P. Vlahos's difference matte). Turns the planes
 * (0…255, grey at 128) into the colours without the screen's light on them, and answers how much is seen, 255 = all.
 */
export function keyChroma(blue: Uint8Array, red: Uint8Array, { u, v }: Screen, seen: Uint8Array): void {
  const power = u * u + v * v;
  for (let at = 0; at < seen.length; at++) {
    const du = blue[at]! - 128;
    const dv = red[at]! - 128;
    const across = (du * v - dv * u) / power;
    const share = (du * u + dv * v) / power - ANGLE * (across < 0 ? -across : across);
    if (share <= 0) {
      seen[at] = 255;
      continue;
    }
    blue[at] = 128.5 + du - share * u;
    red[at] = 128.5 + dv - share * v;
    seen[at] = share <= SEEN ? 255 : share >= UNSEEN ? 0 : (255 * (UNSEEN - share)) / (UNSEEN - SEEN) + 0.5;
  }
}

/** A plane of twice the width and height; each sample lies in the middle of the four that it becomes. */
export function doublePlane(plane: Uint8Array, width: number, height: number, out: Uint8Array): void {
  for (let y = 0; y < 2 * height; y++) {
    const near = (y >> 1) * width;
    const far = Math.min(height - 1, Math.max(0, (y >> 1) + (y & 1 ? 1 : -1))) * width;
    for (let x = 0, at = 2 * y * width; x < 2 * width; x++, at++) {
      const own = x >> 1;
      const next = Math.min(width - 1, Math.max(0, own + (x & 1 ? 1 : -1)));
      const a = plane[near + own]!;
      const b = plane[near + next]!;
      const c = plane[far + own]!;
      const d = plane[far + next]!;
      out[at] = a === b && a === c && a === d ? a : (9 * a + 3 * b + 3 * c + d + 8) >> 4;
    }
  }
}
