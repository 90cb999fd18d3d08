import { describe, expect, it } from 'vitest';
import { type CropPose, cropPose, cropPoses, type Framing, poseMatrix, smoothPoses } from './align.ts';
import { invert } from './geometry.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS, landmark } from './mesh.ts';
import { applyMatrix } from './roi.ts';

const FRAMING: Framing = { eyes: 0.3, mouth: 0.6, aspect: 1.5 };

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
