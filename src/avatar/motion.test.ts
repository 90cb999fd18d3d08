import { expect, it } from 'vitest';
import type { Frame } from '../types.ts';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';
import { motionOf } from './motion.ts';

const frame = (level: number): Frame => ({ width: 64, height: 64, data: new Uint8Array(6144).fill(level) });
const face = (): FaceLandmarks => ({ points: new Float32Array(LANDMARKS * 3).map((_, i) => 20 + (i % 24)), score: 1 });

it('makes a picture of a clip that shows the face too briefly to move', () => {
  const frames = Array.from({ length: 40 }, (_, i) => frame(i));
  const faces = frames.map((_, i) => (i === 20 || i === 21 ? face() : undefined));
  const motion = motionOf({ loop: 'best', idle: 'still' }, { frames }, faces);
  expect(motion).toMatchObject({ still: 20, brief: 2, faces: [faces[20]] });
  expect(motion.loop).toBeUndefined();
  expect(motion.frames.at(0)).toBe(frames[20]);
});

it('plays a clip whole where it is told to, whatever it shows', () => {
  const frames = Array.from({ length: 40 }, (_, i) => frame(i));
  const faces = frames.map((_, i) => (i === 20 ? face() : undefined));
  const motion = motionOf({ loop: true, idle: 'alive' }, { frames }, faces);
  expect(motion.frames.length).toBe(40);
  expect(motion).toMatchObject({ loop: { kind: 'source', frames: 40 } });
  expect(motion.brief).toBeUndefined();
});
