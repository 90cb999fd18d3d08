import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { cropAround, type Head, headIn, POSTER } from '../../test/fixtures/face.ts';
import { judge } from './judge.ts';
import { drawPreview, thumbnail } from './preview.ts';
import type { LoopFacts } from './report.ts';

let head: Head;
beforeAll(async () => {
  head = await headIn(POSTER);
});

const loopOf = (frames: number): LoopFacts => ({
  ...{ kind: 'source', seam: 1, start: 0, end: frames, crossfade: 0, frames },
});

/** A clip of that head, without a face in some frames. */
const clip = (count: number, ...lost: number[]) => {
  const frames = Array.from({ length: count }, () => head.frame);
  const faces = frames.map((_, i) => (lost.includes(i) ? undefined : head.face));
  const crops = faces.map((face) => face && cropAround(face));
  return {
    frames,
    faces,
    report: judge({ frames, faces, crops, modelSize: 256, loop: count > 1 ? loopOf(count) : undefined }),
  };
};

const pixel = async (jpeg: Buffer, left: number, top: number) =>
  [...(await sharp(jpeg).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())] as [number, number, number];

describe('drawPreview', () => {
  it('draws the report on the picture, in its size', async () => {
    const { frames, faces, report } = clip(1);
    const jpeg = await drawPreview({ frames, faces, report });
    expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 720, height: 720 });
    // The box is green for "good", in the middle of its left edge.
    const [red, green] = await pixel(
      jpeg,
      Math.round(report.face.x),
      Math.round(report.face.y + report.face.height / 2),
    );
    expect(green).toBeGreaterThan(red + 40);
    const poor = await drawPreview({ frames, faces, report: { ...report, quality: 'poor' } });
    const [redder, greener] = await pixel(
      poor,
      Math.round(report.face.x),
      Math.round(report.face.y + report.face.height / 2),
    );
    expect(redder).toBeGreaterThan(greener + 40);
  });

  it('lines up lost and poor frames below the picture', async () => {
    const { frames, faces, report } = clip(12, 10, 11);
    const jpeg = await drawPreview({ frames, faces, report });
    expect(await sharp(jpeg).metadata()).toMatchObject({ width: 720, height: 840 });
    const [blank] = await pixel(jpeg, 700, 830);
    expect(blank).toBeLessThan(60);
  });
});

describe('thumbnail', () => {
  it('shows the head as a square, or the whole frame where no face is', async () => {
    for (const face of [head.face, undefined]) {
      const jpeg = await thumbnail(head.frame, { face, side: 96, number: 7 });
      expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 96, height: 96 });
    }
  });

  it('copes with a face outside the picture', async () => {
    const points = head.face.points.map((value) => value + 5000);
    const jpeg = await thumbnail(head.frame, { face: { ...head.face, points }, side: 64 });
    expect(await sharp(jpeg).metadata()).toMatchObject({ width: 64, height: 64 });
  });
});
