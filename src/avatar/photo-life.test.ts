import { beforeAll, describe, expect, it } from 'vitest';
import { type Head, headIn, POSTER } from '../../test/fixtures/face.ts';
import { FPS, type Frame } from '../types.ts';
import { closeEyes, openEyes } from './blink.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';
import { photoLife } from './photo-life.ts';

let photo: Head;
let life: { frames: Frame[]; faces: FaceLandmarks[] };
beforeAll(async () => {
  photo = await headIn(POSTER);
  const { frames, faces } = photoLife(photo.frame, photo.face);
  life = { frames: [...frames], faces };
});

const LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];

/** Mean difference of luma in a box around a landmark. */
function difference(a: Frame, b: Frame, around: { x: number; y: number }, reach: number): number {
  let sum = 0;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const at = (Math.round(around.y) + dy) * a.width + Math.round(around.x) + dx;
      sum += Math.abs(a.data[at]! - b.data[at]!);
    }
  }
  return sum / (2 * reach + 1) ** 2;
}

const middleOfEye = (face: FaceLandmarks) => {
  const [a, b] = [landmark(face, LANDMARK.rightEyeOuter), landmark(face, LANDMARK.rightEyeInner)];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
};

describe('photoLife', () => {
  it('lasts 5 to 6 seconds, begins with the photo and comes back to it', () => {
    const seconds = life.frames.length / FPS;
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(seconds).toBeLessThanOrEqual(6);
    expect(life.faces).toHaveLength(life.frames.length);
    expect(life.frames[0]).toBe(photo.frame);
    expect(life.frames.at(-1)).toBe(photo.frame);
  });

  it('keeps each different frame once', () => {
    const different = new Set(life.frames).size;
    expect(different).toBeGreaterThan(12);
    expect(different).toBeLessThan(40);
  });

  it('moves the head a little and smoothly', () => {
    const xs = life.faces.map((face) => landmark(face, 10));
    const height = landmark(photo.face, LANDMARK.chin).y - landmark(photo.face, 10).y;
    const way = xs.map(({ x, y }) => Math.hypot(x - xs[0]!.x, y - xs[0]!.y));
    expect(Math.max(...way)).toBeGreaterThan(0.004 * height);
    expect(Math.max(...way)).toBeLessThan(0.03 * height);
    const steps = xs.map(({ x, y }, i) => Math.hypot(x - xs.at(i - 1)!.x, y - xs.at(i - 1)!.y));
    expect(Math.max(...steps)).toBeLessThan(0.6);
  });

  it('carries the mouth along without changing its shape', () => {
    const breathedIn = life.faces[Math.round(2.2 * FPS)]!;
    const across = (face: FaceLandmarks, a: number, b: number) => {
      const [p, q] = [landmark(face, a), landmark(face, b)];
      return Math.hypot(p.x - q.x, p.y - q.y);
    };
    const ratios = LIPS.slice(1).map((i) => across(breathedIn, 61, i) / across(photo.face, 61, i));
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeLessThan(0.002);
  });

  it('shows in the picture what the landmarks say', () => {
    const at = Math.round(2.2 * FPS);
    const [mouth, moved] = [landmark(photo.face, 13), landmark(life.faces[at]!, 13)];
    // The picture moved back by the landmarks' way is the photo again.
    const [dx, dy] = [Math.round(moved.x - mouth.x), Math.round(moved.y - mouth.y)];
    const { width, height, data } = life.frames[at]!;
    const back = { width, height, data: data.slice() };
    for (let y = 40; y < height - 40; y++) {
      for (let x = 40; x < width - 40; x++) back.data[y * width + x] = data[(y + dy) * width + x + dx]!;
    }
    expect(difference(photo.frame, back, mouth, 20)).toBeLessThan(difference(photo.frame, life.frames[at]!, mouth, 20));
  });

  it('leaves the far corners alone', () => {
    for (const frame of life.frames) expect(frame.data.subarray(0, 40)).toEqual(photo.frame.data.subarray(0, 40));
  });

  it('blinks, with the mouth as it was', () => {
    const eye = middleOfEye(photo.face);
    const changes = life.frames.map((frame, i) => difference(frame, life.frames.at(i - 1)!, eye, 5));
    const blinks = changes.filter((change, i) => change > 8 && changes.at(i - 1)! <= 8).length;
    expect(blinks).toBeGreaterThanOrEqual(2);
    const closed = { ...photo.frame, data: photo.frame.data.slice() };
    closeEyes(closed, openEyes(photo.frame, photo.face), 1);
    expect(difference(closed, photo.frame, eye, 5)).toBeGreaterThan(15);
    expect(difference(closed, photo.frame, landmark(photo.face, 13), 25)).toBe(0);
    expect(difference(closed, photo.frame, landmark(photo.face, LANDMARK.noseBase), 15)).toBe(0);
  });
});

describe('openEyes', () => {
  it('sees none where lids are down, the head is turned away, or dark glass hides them', () => {
    expect(openEyes(photo.frame, photo.face)).toHaveLength(2);
    const shut = photo.face.points.slice();
    for (const [upper, lower] of [
      [159, 145],
      [158, 153],
      [160, 144],
      [157, 154],
      [161, 163],
      [386, 374],
      [385, 380],
      [387, 373],
      [384, 381],
      [388, 390],
    ] as const) {
      shut.copyWithin(upper * 3, lower * 3, lower * 3 + 3);
    }
    expect(openEyes(photo.frame, { ...photo.face, points: shut })).toEqual([]);
    const turned = photo.face.points.slice();
    turned[LANDMARK.faceLeft * 3 + 2]! += 400;
    expect(openEyes(photo.frame, { ...photo.face, points: turned })).toEqual([]);
    const dark = { ...photo.frame, data: new Uint8Array(photo.frame.data.length).fill(30) };
    expect(openEyes(dark, photo.face)).toEqual([]);
    expect(new Set(photoLife(dark, photo.face).frames).size).toBeLessThan(20);
  });
});

describe('closeEyes', () => {
  it('does nothing for open lids, and more the further they are down', () => {
    const eyes = openEyes(photo.frame, photo.face);
    const changed = [0, 0.4, 1].map((closed) => {
      const frame = { ...photo.frame, data: photo.frame.data.slice() };
      closeEyes(frame, eyes, closed);
      return difference(frame, photo.frame, middleOfEye(photo.face), 12);
    });
    expect(changed[0]).toBe(0);
    expect(changed[1]).toBeGreaterThan(1);
    expect(changed[2]).toBeGreaterThan(changed[1]! + 1);
  });
});
