import { type CropKind, RESOLUTION } from '../types.ts';

/** A rectangle of a picture, even pixels. */
export interface Cut {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Sides of a picture, pixels. */
interface Size {
  width: number;
  height: number;
}

/**
 * What each kind shows, in heights of the face from hairline to chin: width, height, and how far below the top of the
 * cut the face's top lies.
 */
const KINDS = {
  head: { width: 2.1, height: 2.1, above: 0.62 },
  bust: { width: 3.2, height: 3.6, above: 0.6 },
} as const;

/** Below it there is no face to find any more, pixels. */
const SMALLEST = 16;

/**
 * The part of a picture that a crop shows, the face in its middle as far as the picture reaches: `head` with hair and
 * throat, `bust` down to the chest, `square` as large as the picture allows.
 */
export function chooseCut(kind: CropKind, { width, height }: Size, face: Cut): Cut {
  if (kind === 'full') return { x: 0, y: 0, width, height };
  const middle = face.x + face.width / 2;
  if (kind === 'square') {
    const side = even(Math.min(width, height));
    return placed(middle - side / 2, face.y + face.height / 2 - side / 2, { width: side, height: side }, width, height);
  }
  const wanted = KINDS[kind];
  const size = {
    width: even(Math.min(width, Math.max(SMALLEST, wanted.width * face.height))),
    height: even(Math.min(height, Math.max(SMALLEST, wanted.height * face.height))),
  };
  return placed(middle - size.width / 2, face.y - wanted.above * face.height, size, width, height);
}

/**
 * The size of a video whose height is `resolution`, and less where else it would be wider than any video may be high; that
 * of the cut where nothing is asked. Both even.
 */
export function scaledSize({ width, height }: Size, resolution?: number): Size {
  const asked = resolution === undefined ? height : Math.min(resolution, (RESOLUTION.max * height) / width);
  const high = Math.max(2, even(asked));
  const wide = Math.max(2, 2 * Math.round((width * high) / height / 2));
  return { width: resolution === undefined ? wide : Math.min(RESOLUTION.max, wide), height: high };
}

/** Moved as little as needed to lie inside the picture. */
function placed(x: number, y: number, size: Size, width: number, height: number): Cut {
  const inside = (at: number, room: number): number => even(Math.max(0, Math.min(at, room)));
  return { x: inside(x, width - size.width), y: inside(y, height - size.height), ...size };
}

const even = (value: number): number => 2 * Math.floor(value / 2);
