import { describe, expect, it } from 'vitest';
import type { Frame } from '../types.ts';
import { loopOrder, planLoop, playLoop } from './loop-search.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';

const SIDE = 128;

/** A soft blob for a head, its middle at (x, y), on a background of that brightness. */
function frame(x: number, y = 64, background = 40): Frame {
  const data = new Uint8Array((SIDE * SIDE * 3) / 2).fill(128);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const distance = Math.hypot(column - x, row - y);
      data[row * SIDE + column] = background + 150 / (1 + Math.exp((distance - 28) / 3));
    }
  }
  return { width: SIDE, height: SIDE, data };
}

function face(x: number, y = 64): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < LANDMARKS; i++) points.set([x + 28 * Math.cos(i), y + 28 * Math.sin(i), 0], i * 3);
  points.set([x - 28, y, 0], LANDMARK.faceRight * 3);
  points.set([x + 28, y, 0], LANDMARK.faceLeft * 3);
  return { points, score: 1 };
}

/** A clip of so many frames whose head is where `at` says. */
function clip(count: number, at: (i: number) => number) {
  const xs = Array.from({ length: count }, (_, i) => at(i));
  return { frames: xs.map((x) => frame(x)), faces: xs.map((x) => face(x)) };
}

const wave = (period: number) => (i: number) => 64 + 12 * Math.sin((2 * Math.PI * i) / period);

describe('planLoop', () => {
  it('plays a clip as it is when its end leads into its beginning', () => {
    const { frames, faces } = clip(60, wave(60));
    expect(planLoop(frames, faces)).toMatchObject({ kind: 'source', start: 0, end: 60, crossfade: 0, frames: 60 });
    expect(planLoop(frames, faces).seam).toBeLessThan(2);
  });

  it('does not take the coding of a first frame for a jump', () => {
    const { frames, faces } = clip(60, (i) => 64 + 0.2 * Math.sin((2 * Math.PI * i) / 60));
    const coded = (change: (level: number, at: number) => number) =>
      frames.map((one, i) => (i === 0 ? { ...one, data: one.data.map(change) } : one));
    // Half a level on the mean is what coding does; a whole one is more.
    expect(
      planLoop(
        coded((level, at) => level + (at % 4 < 2 ? 1 : 0)),
        faces,
      ),
    ).toMatchObject({ kind: 'source', frames: 60 });
    expect(
      planLoop(
        coded((level) => level + 1),
        faces,
      ).kind,
    ).not.toBe('source');
  });

  it('finds a stretch of whole periods in a motion that comes back', () => {
    const { frames, faces } = clip(95, wave(60));
    const loop = planLoop(frames, faces);
    expect(loop.kind).toBe('matched');
    expect(Math.abs(loop.end - loop.start - 60)).toBeLessThanOrEqual(1);
    expect(loop.frames).toBe(loop.end - loop.start);
    expect(loop.seam).toBeLessThan(1.5);
  });

  it('goes to and fro between moments of rest when nothing comes back', () => {
    // Standing still at first and at last, walking in between.
    const { frames, faces } = clip(80, (i) => 40 + 45 / (1 + Math.exp(-(i - 40) / 8)));
    const loop = planLoop(frames, faces);
    expect(loop.kind).toBe('pingpong');
    expect(loop.frames).toBe(2 * (loop.end - loop.start - 1));
    expect(loop.seam).toBeLessThan(1);
  });

  it('stays within one shot and where the face is seen', () => {
    const { frames, faces } = clip(100, (i) => 40 + i * 0.3);
    const cut = frames.map((one, i) => (i < 30 ? frame(40 + i * 0.3, 64, 100) : one));
    const hidden = faces.map((one, i) => (i > 89 ? undefined : one));
    const loop = planLoop(cut, hidden);
    expect(loop.start).toBeGreaterThanOrEqual(30);
    expect(loop.end).toBeLessThanOrEqual(90);
  });

  it('does as it is told, and says how well that goes', () => {
    const { frames, faces } = clip(80, (i) => 30 + i * 0.8);
    const source = planLoop(frames, faces, true);
    expect(source).toMatchObject({ kind: 'source', start: 0, end: 80, frames: 80 });
    expect(source.seam).toBeGreaterThan(8);
    expect(planLoop(frames, faces, 'pingpong')).toMatchObject({ kind: 'pingpong', start: 0, end: 80, frames: 158 });
  });

  it('takes clips of one or two frames as they are, and those without a face', () => {
    for (const count of [1, 2]) {
      const { frames, faces } = clip(count, (i) => 40 + 20 * i);
      expect(planLoop(frames, faces)).toMatchObject({ kind: 'source', frames: count });
    }
    const { frames } = clip(10, (i) => 40 + i);
    expect(planLoop(frames, Array(10).fill(undefined)).frames).toBe(18);
  });
});

describe('playLoop', () => {
  it('fades from what would follow into what led to the start', () => {
    const { frames, faces } = clip(95, wave(60));
    const loop = planLoop(frames, faces);
    const played = playLoop(frames, faces, loop);
    expect(played.frames).toHaveLength(loop.frames);
    expect(played.faces).toHaveLength(loop.frames);
    expect(played.frames[0]).toBe(frames[loop.start]);
    const jump = (a: Frame, b: Frame) => Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i]!)));
    const usual = Math.max(...frames.slice(1, 60).map((one, i) => jump(frames[i]!, one)));
    expect(jump(played.frames.at(-1)!, played.frames[0]!)).toBeLessThanOrEqual(usual);
    const [last, first] = [played.faces.at(-1)!.points[0]!, played.faces[0]!.points[0]!];
    expect(Math.abs(last - first)).toBeLessThan(2);
  });

  it('shares the frames of a to-and-fro loop and repeats neither end', () => {
    const { frames, faces } = clip(4, (i) => 40 + 5 * i);
    const loop = planLoop(frames, faces, 'pingpong');
    expect(loopOrder(loop)).toEqual([0, 1, 2, 3, 2, 1]);
    expect(loop).toMatchObject({ frames: 6, clip: 4 });
    expect(playLoop(frames, faces, loop).frames[4]).toBe(frames[2]);
  });

  it('fades a face that is missing on one side from the other', () => {
    const { frames, faces } = clip(40, (i) => 40 + i / 10);
    const gaps = faces.map((one, i) => (i === 8 || i === 9 ? undefined : one));
    const played = playLoop(frames, gaps, { kind: 'matched', seam: 1, start: 16, end: 40, crossfade: 8, frames: 24 });
    expect(played.faces.every(Boolean)).toBe(true);
  });
});
