import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar } from '../../src/avatar/avatar.ts';
import { LANDMARK, landmark } from '../../src/avatar/mesh.ts';
import { applyMatrix } from '../../src/avatar/roi.ts';
import { type AvatarKit, openAvatarKit } from './avatar-kit.ts';

/** A corner of the crop may leave the line between its neighbours in time by this much, pixels of 720. */
const STEADY_PX = 0.5;

let kit: AvatarKit;
beforeAll(async () => {
  kit = await openAvatarKit();
});
afterAll(() => kit.close());

describe.each(['aigul', 'anna', 'kofi', 'max', 'vera'])('bundled avatar %s', (id) => {
  let avatar: Avatar;
  beforeAll(async () => {
    avatar = await kit.load(join('avatars', id), { cacheDir: join(kit.root, `cache-${id}`) });
  });

  it('shows a face in every frame, steadily framed', () => {
    expect(avatar).toMatchObject({ id, width: 720, height: 720, idlePath: join('avatars', id, 'loop.mp4') });
    expect(avatar.frames.length).toBe(150);
    expect(avatar.crops.every(Boolean)).toBe(true);
    expect(trembling(avatar)).toBeLessThan(STEADY_PX);
  });

  it('keeps its mouth closed', () => {
    expect(avatar.mouthOpen).toEqual(Array(150).fill(false));
  });

  it.each(['soyle', 'default'] as const)('is cut and masked as a model of %s framing wants it', async (name) => {
    const framing = kit.framings[name];
    const framed = await kit.load(join('avatars', id), { cacheDir: join(kit.root, `cache-${id}`), framing });
    const { size, data } = framed.masks[60]!;
    const row = (v: number) => Math.round(v * size) * size;
    expect(data.filter((alpha) => alpha > 0).length / data.length).toBeLessThanOrEqual(0.35);
    expect(data[row(framing.mouth) + size / 2]).toBe(255);
    expect(data.subarray(0, row(framing.mouth - 0.17)).every((alpha) => alpha === 0)).toBe(true);
    expect(data.subarray(row(0.98)).every((alpha) => alpha === 0)).toBe(true);

    const side = 256;
    const face = framed.reference(60, side).data;
    expect(framed.reference(60, side).data).toBe(face);
    const rgb = new Uint8Array(side * side * 3);
    for (let i = 0; i < side * side; i++) {
      rgb.set([face[2 * side * side + i]!, face[side * side + i]!, face[i]!], i * 3);
    }
    const [found] = await kit.finder.find({ width: side, height: side, data: rgb });
    expect(landmark(found!, LANDMARK.rightEyeInner).y / side).toBeCloseTo(framing.eyes, 1);
    expect(landmark(found!, LANDMARK.mouthLeft).y / side).toBeCloseTo(framing.mouth, 1);
  });
});

function trembling({ crops }: Avatar): number {
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const;
  return Math.max(
    ...crops.flatMap((crop, i) => {
      const before = crops.at(i - 1)!;
      const after = crops[(i + 1) % crops.length]!;
      return corners.map(([u, v]) => {
        const [a, b, c] = [before, crop!, after].map((matrix) => applyMatrix(matrix, u, v)) as [Spot, Spot, Spot];
        return Math.hypot(b.x - (a.x + c.x) / 2, b.y - (a.y + c.y) / 2);
      });
    }),
  );
}
type Spot = ReturnType<typeof applyMatrix>;
