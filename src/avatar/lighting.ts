import type { Frame } from '../types.ts';
import type { FaceLandmarks } from './mesh.ts';
import { average, faceSquare, sampleFrame } from './skin.ts';

const GRID = 48;
/** The part of the face's square that is skin whatever the hair does: an ellipse of this radius. */
const RADIUS = 0.8;
/** Luma of video: black and white. */
const [BLACK, WHITE] = [16, 235];
/** As good as white. */
const CLIPPED = 0.97;

/** How a face is lit; all of it 0…1. */
export interface Light {
  /** Mean brightness. */
  level: number;
  /** From the darkest to the brightest twentieth. */
  contrast: number;
  /** The darker half of the face over the brighter. */
  balance: number;
  /** Share that is plain white. */
  clipped: number;
}

/** Measures the light on a face in gamma-coded luma, where equal steps look equal. */
export function measureLight(frame: Frame, face: FaceLandmarks): Light {
  const luma = sampleFrame(frame, 'y', faceSquare(face), GRID);
  const halves: [number[], number[]] = [[], []];
  luma.forEach((value, i) => {
    const [u, v] = [((i % GRID) + 0.5) / GRID - 0.5, (Math.floor(i / GRID) + 0.5) / GRID - 0.5];
    if (Math.hypot(u, v) * 2 > RADIUS) return;
    halves[u < 0 ? 0 : 1].push(Math.min(1, Math.max(0, (value - BLACK) / (WHITE - BLACK))));
  });
  const all = halves.flat().sort((a, b) => a - b);
  const [one, other] = [average(halves[0]), average(halves[1])];
  const quantile = (share: number) => all[Math.floor(share * (all.length - 1))]!;
  return {
    level: average(all),
    contrast: quantile(0.95) - quantile(0.05),
    balance: Math.min(one, other) / Math.max(one, other, 1e-6),
    clipped: all.filter((value) => value > CLIPPED).length / all.length,
  };
}
