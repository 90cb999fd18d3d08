import { describe, expect, it } from 'vitest';
import { createFaceBuffers, faceTensors, fillFaces } from './face.ts';
import type { LipSyncRequest } from './lipsync.ts';
import type { MouthTrack } from './params.ts';

const SIZE = 2;
const PICTURE = 3 * SIZE * SIZE;
const contract = { reference: 'r', params: 'p', output: 'c', size: SIZE, fixedBatch: undefined };

/** Eight frames; the jaw opens by .02 a column, the other parameters rest. */
const track: MouthTrack = {
  data: Float32Array.from({ length: 26 * 7 }, (_, at) => (at % 7 ? 0 : at / 350)),
  columns: 26,
};
const request = (intensity?: number, weight?: LipSyncRequest['weight']): LipSyncRequest => ({
  mel: { data: new Float32Array(0), columns: 0 },
  frames: [],
  reference: (frame) => ({ size: SIZE, data: new Uint8Array(PICTURE).fill(10 * frame) }),
  intensity,
  weight,
});

describe('fillFaces', () => {
  it('puts crops and parameters side by side, and leaves the rest of the batch alone', () => {
    const buffers = createFaceBuffers(3, SIZE);
    fillFaces(buffers, [2, 5], request(), track, SIZE);
    expect([...buffers.reference]).toEqual([20, 50, 0].flatMap((value) => Array(PICTURE).fill(value)));
    const jaws = [0, 7, 14].map((at) => buffers.params[at]);
    expect(jaws).toEqual([0.02 * 2.5 * 3.2, 0.02 * 5.5 * 3.2, 0].map((jaw) => expect.closeTo(jaw, 5)));
  });

  it('scales the parameters by the intensity', () => {
    const buffers = createFaceBuffers(1, SIZE);
    fillFaces(buffers, [5], request(1.5), track, SIZE);
    expect(buffers.params[0]).toBeCloseTo(1.5 * 0.02 * 5.5 * 3.2, 5);
  });

  it('makes as much of a frame’s motion as its weight says', () => {
    const buffers = createFaceBuffers(2, SIZE);
    fillFaces(
      buffers,
      [2, 5],
      request(1.5, (frame) => (frame === 2 ? 0 : 0.5)),
      track,
      SIZE,
    );
    expect(buffers.params[0]).toBe(0);
    expect(buffers.params[7]).toBeCloseTo(0.5 * 1.5 * 0.02 * 5.5 * 3.2, 5);
  });

  it('takes new frames for old ones', () => {
    const buffers = createFaceBuffers(1, SIZE);
    fillFaces(buffers, [5], request(), track, SIZE);
    const once = buffers.params.slice();
    fillFaces(buffers, [2], request(), track, SIZE);
    fillFaces(buffers, [5], request(), track, SIZE);
    expect(buffers.params).toEqual(once);
  });
});

describe('faceTensors', () => {
  it('is as long as the frames where the batch is free, and as the file says where it is not', () => {
    const buffers = createFaceBuffers(4, SIZE);
    const free = faceTensors(buffers, 3, contract);
    expect(free.feeds).toMatchObject({ r: { dims: [3, 3, SIZE, SIZE] }, p: { dims: [3, 7] } });
    expect([free.feeds.r!.data.length, free.feeds.p!.data.length]).toEqual([3 * PICTURE, 21]);
    const fixed = faceTensors(buffers, 3, { ...contract, fixedBatch: 4 });
    expect(fixed.outputs.c!.dims).toEqual([4, 3, SIZE, SIZE]);
    expect([fixed.outputs.c!.data.length, fixed.feeds.p!.data.length]).toEqual([4 * PICTURE, 28]);
    expect(fixed.outputs.c!.data.buffer).toBe(buffers.patches.buffer);
  });
});
