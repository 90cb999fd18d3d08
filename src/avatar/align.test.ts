import { describe, expect, it } from 'vitest';
import { type CropPose, cropPose, cropPoses, type Framing, poseMatrix, smoothPoses } from './align.ts';
import { invert } from './geometry.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS, landmark } from './mesh.ts';
import { applyMatrix, type Point } from './roi.ts';

const FRAMING: Framing = { eyes: 0.3, mouth: 0.6, aspect: 1.5 };
const ON_MOUTH: Framing = { eyes: 0.25, mouth: 0.62, aspect: 1, centre: 'mouth' };

/** A face upright around (0, 0): eyes 30 above, mouth 70 below, 200 wide; the other points lie on a circle. */
function drawFace(place: (x: number, y: number) => [number, number]): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  const put = (index: number, x: number, y: number) => points.set([...place(x, y), 0], index * 3);
  for (let i = 0; i < LANDMARKS; i++) put(i, 100 * Math.cos(i), 100 * Math.sin(i));
  put(LANDMARK.rightEyeOuter, -60, -30);
  put(LANDMARK.rightEyeInner, -20, -30);
  put(LANDMARK.leftEyeInner, 20, -30);
  put(LANDMARK.leftEyeOuter, 60, -30);
  put(LANDMARK.mouthRight, -35, 70);
  put(LANDMARK.mouthLeft, 35, 70);
  put(LANDMARK.upperLipInner, 0, 70);
  put(LANDMARK.faceRight, -100, 0);
  put(LANDMARK.faceLeft, 100, 0);
  return { points, score: 1 };
}

/** A head turned by `yaw` about its neck, seen from afar: a bowl of points whose mouth stands out at the front. */
function drawHead(yaw: number): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  const put = (index: number, x: number, y: number, z: number) =>
    points.set([200 + x * Math.cos(yaw) - (z - 60) * Math.sin(yaw), 200 + y, 0], index * 3);
  for (let i = 0; i < LANDMARKS; i++) {
    const [round, out] = [2.4 * i, i / LANDMARKS];
    put(i, 100 * out * Math.cos(round), 120 * out * Math.sin(round), -90 * (1 - out * out));
  }
  put(LANDMARK.rightEyeOuter, -60, -30, -50);
  put(LANDMARK.rightEyeInner, -20, -30, -70);
  put(LANDMARK.leftEyeInner, 20, -30, -70);
  put(LANDMARK.leftEyeOuter, 60, -30, -50);
  put(LANDMARK.mouthRight, -35, 70, -85);
  put(LANDMARK.mouthLeft, 35, 70, -85);
  put(LANDMARK.upperLipInner, 0, 70, -105);
  put(LANDMARK.faceRight, -100, 0, 0);
  put(LANDMARK.faceLeft, 100, 0, 0);
  return { points, score: 1 };
}

const turned =
  (angle: number, scale: number, dx: number, dy: number) =>
  (x: number, y: number): [number, number] => [
    dx + scale * (x * Math.cos(angle) - y * Math.sin(angle)),
    dy + scale * (x * Math.sin(angle) + y * Math.cos(angle)),
  ];

describe('cropPose', () => {
  it.each([0, 0.4, -0.7])('puts eyes and mouth of a face turned by %f where the model wants them', (angle) => {
    const face = drawFace(turned(angle, 1.5, 400, 300));
    const pose = cropPose(face, FRAMING);
    expect(pose.angle).toBeCloseTo(angle, 5);
    const toCrop = invert(poseMatrix(pose, FRAMING.aspect));
    const at = (name: keyof typeof LANDMARK) => {
      const { x, y } = landmark(face, LANDMARK[name]);
      return applyMatrix(toCrop, x, y);
    };
    expect(at('rightEyeOuter').y).toBeCloseTo(FRAMING.eyes, 4);
    expect(at('mouthLeft').y).toBeCloseTo(FRAMING.mouth, 4);
    expect(at('upperLipInner').x).toBeCloseTo(0.5, 4);
    expect(at('faceLeft').x - at('faceRight').x).toBeCloseTo((300 * FRAMING.aspect) / pose.height, 4);
  });
});

describe('a crop centred on the mouth', () => {
  /** Mouth and eyes of a face in the unit square of a crop. */
  function framed(face: FaceLandmarks, pose: CropPose): { mouth: Point; eyes: Point } {
    const toCrop = invert(poseMatrix(pose, ON_MOUTH.aspect));
    const at = (...names: (keyof typeof LANDMARK)[]): Point => {
      const points = names.map((name) => landmark(face, LANDMARK[name]));
      const mean = (axis: 'x' | 'y') => points.reduce((sum, point) => sum + point[axis] / points.length, 0);
      return applyMatrix(toCrop, mean('x'), mean('y'));
    };
    return {
      mouth: at('mouthRight', 'mouthLeft', 'upperLipInner', 'upperLipInner'),
      eyes: at('rightEyeOuter', 'rightEyeInner', 'leftEyeInner', 'leftEyeOuter'),
    };
  }

  it.each([0, 0.4, -0.7])('has it at its place in a face turned by %f whose mouth is off its middle', (angle) => {
    const place = turned(angle, 1.5, 400, 300);
    const face = drawFace(place);
    for (const name of ['mouthRight', 'mouthLeft', 'upperLipInner'] as const) {
      const x = { mouthRight: -20, mouthLeft: 50, upperLipInner: 15 }[name];
      face.points.set(place(x, 70), LANDMARK[name] * 3);
    }
    const { mouth, eyes } = framed(face, cropPose(face, ON_MOUTH));
    expect(mouth.x).toBeCloseTo(0.5, 5);
    expect(mouth.y).toBeCloseTo(0.62, 2);
    expect(eyes.y).toBeCloseTo(0.25, 2);
  });

  it('keeps it there while a head turns', () => {
    const faces = Array.from({ length: 100 }, (_, i) => drawHead(0.44 * Math.sin((2 * Math.PI * i) / 100)));
    const smooth = (framing: Framing) => smoothPoses(cropPoses(faces, framing), true) as CropPose[];
    const strayed = (poses: CropPose[]) =>
      Math.max(...poses.map((pose, i) => Math.abs(framed(faces[i]!, pose).mouth.x - 0.5)));
    expect(strayed(smooth(ON_MOUTH))).toBeLessThan(1 / 256);
    expect(strayed(smooth({ ...ON_MOUTH, centre: 'face' }))).toBeGreaterThan(3 / 256);
    for (const [i, pose] of smooth(ON_MOUTH).entries()) {
      const { mouth, eyes } = framed(faces[i]!, pose);
      expect(Math.abs(mouth.y - 0.62)).toBeLessThan(4 / 256);
      expect(Math.abs(eyes.y - 0.25)).toBeLessThan(4 / 256);
    }
  });

  it('does not nod with lips or eyelids', () => {
    const still = drawHead(0);
    const moving = drawHead(0);
    moving.points[LANDMARK.upperLipInner * 3 + 1]! += 6;
    const [before, after] = cropPoses([still, still, still, moving], ON_MOUTH).slice(2) as [CropPose, CropPose];
    expect(Math.abs(after.y - before.y)).toBeLessThan(0.1);
    expect(after.x).toBeCloseTo(before.x, 1);
  });
});

describe('cropPoses', () => {
  it('follows the whole face and not a blink', () => {
    const open = drawFace(turned(0, 1, 200, 200));
    const moved = drawFace(turned(0.1, 1.1, 220, 190));
    const blink = drawFace(turned(0, 1, 200, 200));
    for (const eye of [LANDMARK.rightEyeInner, LANDMARK.leftEyeInner]) blink.points[eye * 3 + 1]! += 10;
    const faces = [open, open, open, moved, undefined, blink, open, open];
    const [first, , , fourth, fifth, sixth] = cropPoses(faces, FRAMING);
    expect(fifth).toBeUndefined();
    expect(fourth!.height / first!.height).toBeCloseTo(1.1, 3);
    expect(fourth!.angle - first!.angle).toBeCloseTo(0.1, 3);
    expect(Math.abs(sixth!.height - first!.height)).toBeLessThan(
      Math.abs(cropPose(blink, FRAMING).height - cropPose(open, FRAMING).height) / 10,
    );
  });

  it('has nothing to say without faces', () => {
    expect(cropPoses([undefined, undefined], FRAMING)).toEqual([undefined, undefined]);
  });
});

describe('smoothPoses', () => {
  const pose = (x: number, height = 300): CropPose => ({ x, y: 0, height, angle: 0 });
  const xs = (poses: (CropPose | undefined)[]) => poses.map((one) => one?.x);

  it('leaves steady poses alone and calms trembling ones', () => {
    expect(xs(smoothPoses(Array(6).fill(pose(50)), true))).toEqual(Array(6).fill(expect.closeTo(50)));
    const trembling = Array.from({ length: 40 }, (_, i) => pose(100 + (i % 2 ? 1 : -1)));
    for (const x of xs(smoothPoses(trembling, true))) expect(Math.abs(x! - 100)).toBeLessThan(0.2);
  });

  it('lets the last frame lead into the first only in a loop', () => {
    const poses = [pose(30), ...Array(9).fill(pose(0))];
    expect(smoothPoses(poses, true)[9]!.x).toBeGreaterThan(1);
    expect(smoothPoses(poses, false)[9]!.x).toBe(0);
  });

  it('does not reach over a frame without a face or into another shot', () => {
    expect(xs(smoothPoses([pose(0), undefined, pose(40)], false))).toEqual([0, undefined, 40]);
    expect(xs(smoothPoses([pose(0), pose(0), pose(500), pose(500)], false))).toEqual([
      0,
      0,
      expect.closeTo(500),
      expect.closeTo(500),
    ]);
  });

  it('keeps a photo’s only pose', () => {
    expect(smoothPoses([pose(7)], true)).toEqual([pose(7)]);
  });
});
