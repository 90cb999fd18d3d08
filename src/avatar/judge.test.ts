import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { cropAround, type Head, headIn, MOUTH_OPEN, POSTER } from '../../test/fixtures/face.ts';
import { judge } from './judge.ts';
import { landmark } from './mesh.ts';
import { type AvatarReport, reportSchema } from './report.ts';

let poster: Head;
beforeAll(async () => {
  poster = await headIn(POSTER);
});

const judged = ({ frame, face }: Head): AvatarReport =>
  judge({ frames: [frame], faces: [face], crops: [cropAround(face)], modelSize: 256 });

const codes = ({ findings }: AvatarReport) => findings.map(({ code, level }) => `${code}:${level}`);

/** The poster with shapes drawn over it, its face found anew. */
async function drawnOver(shapes: string): Promise<Head> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="720">${shapes}</svg>`;
  const overlay: OverlayOptions = { input: Buffer.from(svg) };
  return headIn(await sharp(POSTER).composite([overlay]).png().toBuffer());
}

/** A polygon through landmarks. */
const polygon = (indices: readonly number[], colour: string) => {
  const points = indices.map((index) => landmark(poster.face, index)).map(({ x, y }) => `${x},${y}`);
  return `<polygon points="${points.join(' ')}" fill="${colour}"/>`;
};

const JAW = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361];
const LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];

describe('judge', () => {
  it('finds nothing wrong with a bundled avatar, and its report is what the schema says', () => {
    const report = judged(poster);
    expect(codes(report)).toEqual([]);
    expect(report.quality).toBe('good');
    expect(report.summary.en).toMatch(/^Good/);
    expect(report.frames).toMatchObject({ total: 1, withFace: 1, lost: [], poorest: [] });
    expect(report.mouth).toMatchObject({ openShare: 0, teeth: false, covered: 0, restFrame: 0 });
    expect(report.loop).toBeUndefined();
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it.each([
    ['blue', '#a8c8e0'],
    ['white', '#eeeeee'],
  ])('sees a %s mask before the mouth', async (_, colour) => {
    const mask = polygon([234, 93, ...JAW, 323, 454, 280, 5, 50], colour);
    const report = judged(await drawnOver(mask));
    expect(codes(report)).toContain('mouth_covered:bad');
    expect(report.quality).toBe('poor');
    expect(report.beard).toBe(false);
  });

  it('warns of a beard', async () => {
    const face = polygon([...JAW, 425, 391, 164, 165, 205], '#33241a');
    const report = judged(await drawnOver(face + polygon(LIPS, '#c08078')));
    expect(codes(report)).toContain('beard:warn');
    expect(report.quality).toBe('fair');
  });

  it('tells short hair, which takes the red out of skin, from shadow', async () => {
    const around = (colour: string) => polygon([...JAW, 425, 391, 164, 165, 205], colour) + polygon(LIPS, '#c08078');
    expect(judged(await drawnOver(around('#7c726c'))).beard).toBe(true);
    expect(judged(await drawnOver(around('#8c6c5c'))).beard).toBe(false);
  });

  it('doubts a face drawn in flat colours', async () => {
    const flat = [50, 280, 101, 330, 199, 200, 201, 421].map((index) => {
      const { x, y } = landmark(poster.face, index);
      return `<circle cx="${x}" cy="${y}" r="22" fill="#d8a890"/>`;
    });
    expect(codes(judged(await drawnOver(flat.join(''))))).toContain('face_unsure:warn');
  });

  it('sees an open mouth, and teeth in it', async () => {
    const report = judged(await headIn(MOUTH_OPEN));
    expect(report.mouth.openShare).toBe(1);
    expect(report.mouth.teeth).toBe(true);
    expect(codes(report)).toContain('teeth:bad');
  });

  it('sees blur, darkness, a small and a cut face', async () => {
    const of = async (picture: Sharp) => codes(judged(await headIn(await picture.png().toBuffer())));
    expect(await of(sharp(POSTER).blur(6))).toContain('blurred:bad');
    expect(await of(sharp(POSTER).linear(0.25))).toContain('dark:warn');
    expect(await of(sharp(POSTER).resize(150, 150))).toContain('face_small:bad');
    const chin = Math.round(landmark(poster.face, 152).y / 2) * 2;
    expect(await of(sharp(POSTER).extract({ left: 0, top: 0, width: 720, height: chin - 20 }))).toContain(
      'face_cut:bad',
    );
  });

  it('counts the frames of a clip, names the lost ones and the pose for silence', async () => {
    const open = await headIn(MOUTH_OPEN);
    const heads = [open, undefined, poster, undefined];
    const report = judge({
      frames: heads.map((head) => (head ?? poster).frame),
      faces: heads.map((head) => head?.face),
      crops: heads.map((head) => head && cropAround(head.face)),
      modelSize: 96,
      people: 3,
      loop: { kind: 'pingpong', seam: 4, start: 0, end: 4, crossfade: 0, frames: 6 },
    });
    expect(report.frames).toMatchObject({ total: 4, withFace: 2, lost: [1, 3] });
    expect(report.frames.sharpness.map((value) => value > 0)).toEqual([true, false, true, false]);
    expect(report.mouth).toMatchObject({ openShare: 0.5, restFrame: 2 });
    expect(codes(report)).toEqual(expect.arrayContaining(['frames_lost:bad', 'loop_seam:warn', 'faces_several:fine']));
    expect(codes(report)[0]).toMatch(/:bad$/);
    expect(codes(report).at(-1)).toMatch(/:fine$/);
  });

  it('names poor frames that lie apart, the poorest first', async () => {
    const blurred = await headIn(await sharp(POSTER).blur(6).png().toBuffer());
    const smeared = await headIn(await sharp(POSTER).blur(9).png().toBuffer());
    const heads = Array.from({ length: 30 }, (_, i) => (i === 4 ? blurred : i === 20 || i === 21 ? smeared : poster));
    const report = judge({
      frames: heads.map(({ frame }) => frame),
      faces: heads.map(({ face }) => face),
      crops: heads.map(({ face }) => cropAround(face)),
      modelSize: 256,
    });
    expect(report.frames.poorest.map(({ index }) => index)).toEqual([20, 4]);
  });

  it('refuses to judge where no face is', () => {
    const { frame } = poster;
    const nothing = { frames: [frame], faces: [undefined], crops: [undefined], modelSize: 256 };
    expect(() => judge(nothing)).toThrow(RangeError);
  });
});
