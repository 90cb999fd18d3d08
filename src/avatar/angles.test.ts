import { describe, expect, it } from 'vitest';
import { headAngles } from './angles.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';

type Vector = [number, number, number];

/** The mesh of an upright head leans by 11°, as the network draws it; then turned about the three axes, degrees. */
function head({ yaw = 0, pitch = 0, roll = 0 }): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  const lean = Math.tan((11 * Math.PI) / 180);
  const place = (index: number, at: Vector) => {
    points.set(about(2, roll, about(1, yaw, about(0, pitch, at))), index * 3);
  };
  place(LANDMARK.faceRight, [-50, 0, 0]);
  place(LANDMARK.faceLeft, [50, 0, 0]);
  place(10, [0, -70, -70 * lean]);
  place(LANDMARK.chin, [0, 70, 70 * lean]);
  return { points, score: 1 };
}

/** Turned about an axis of the picture: x to the right, y down, z away from the viewer. */
function about(axis: 0 | 1 | 2, degrees: number, [x, y, z]: Vector): Vector {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  if (axis === 0) return [x, y * c - z * s, y * s + z * c];
  return axis === 1 ? [x * c - z * s, y, x * s + z * c] : [x * c - y * s, x * s + y * c, z];
}

describe('headAngles', () => {
  it('says 0 of an upright head that looks at the camera', () => {
    const { yaw, pitch, roll } = headAngles(head({}));
    for (const angle of [yaw, pitch, roll]) expect(angle).toBeCloseTo(0, 1);
  });

  it.each([
    ['to the viewer’s right', { yaw: 35 }],
    ['to the viewer’s left', { yaw: -20 }],
    ['down', { pitch: 18 }],
    ['up', { pitch: -25 }],
    ['clockwise', { roll: 40 }],
    ['aside and tilted', { yaw: 30, roll: -15 }],
  ])('measures a head turned %s', (_, turned) => {
    const { yaw, pitch, roll } = headAngles(head(turned));
    const wanted = { yaw: 0, pitch: 0, roll: 0, ...turned };
    expect(Math.abs(yaw - wanted.yaw)).toBeLessThan(1);
    expect(Math.abs(pitch - wanted.pitch)).toBeLessThan(3);
    expect(Math.abs(roll - wanted.roll)).toBeLessThan(1);
  });
});
