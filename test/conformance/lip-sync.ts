import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { melSpectrogram } from '../../src/audio/mel.ts';
import type { LipSync, LipSyncRequest } from '../../src/lipsync/lipsync.ts';
import { type FaceCrop, type MouthPatch, SAMPLE_RATE } from '../../src/types.ts';

const FRAMES = Array.from({ length: 19 }, (_, frame) => frame).filter((frame) => frame % 5 !== 3);

/** What every kind of lips model must do, whatever its network. `open` is called with the batch size to use. */
export function describeLipSync(name: string, open: (batchSize: number) => Promise<LipSync>): void {
  describe(`LipSync: ${name}`, () => {
    let lips: LipSync;
    beforeAll(async () => {
      lips = await open(4);
    });
    afterAll(() => lips.close());

    it('gives one patch per asked frame, in order, of its own size, with finite values', async () => {
      const patches = await collect(lips, request(lips.size));
      expect(patches.map((patch) => patch.frame)).toEqual(FRAMES);
      for (const patch of patches) {
        expect(patch.size).toBe(lips.size);
        expect(patch.data.length).toBe(3 * lips.size ** 2);
        expect(patch.data.every((value) => value > -0.5 && value < 1.5)).toBe(true);
      }
    });

    it('answers the same for every batch size', async () => {
      const alone = await open(1);
      try {
        const [one, four] = [await collect(alone, request(lips.size)), await collect(lips, request(lips.size))];
        for (const [index, patch] of one.entries()) expect(maxDifference(patch, four[index]!)).toBeLessThan(2e-3);
      } finally {
        await alone.close();
      }
    });

    it('moves with the sound', async () => {
      const loud = await collect(lips, request(lips.size));
      const silent = await collect(lips, { ...request(lips.size), mel: melSpectrogram(new Int16Array(SAMPLE_RATE)) });
      expect(Math.max(...loud.map((patch, index) => maxDifference(patch, silent[index]!)))).toBeGreaterThan(0.02);
    });

    it('asks for nothing and gives nothing when no frame is wanted', async () => {
      expect(await collect(lips, { ...request(lips.size), frames: [] })).toEqual([]);
    });

    it('throws the reason of an abort and can be used again', async () => {
      const control = new AbortController();
      const reason = new Error('enough');
      const run = async () => {
        for await (const patch of lips.patches(request(lips.size), control.signal))
          if (patch.frame > 4) control.abort(reason);
      };
      await expect(run()).rejects.toBe(reason);
      expect(await collect(lips, request(lips.size))).toHaveLength(FRAMES.length);
    });

    it('survives a consumer that leaves early', async () => {
      for await (const patch of lips.patches(request(lips.size), new AbortController().signal)) {
        expect(patch.frame).toBe(0);
        break;
      }
      expect(await collect(lips, request(lips.size))).toHaveLength(FRAMES.length);
    });

    it('reports a broken reference as lipsync_failed', async () => {
      const broken = { ...request(lips.size), reference: (): FaceCrop => ({}) as FaceCrop };
      await expect(collect(lips, broken)).rejects.toMatchObject({ code: 'lipsync_failed' });
    });
  });
}

/** 0.8 s of an [a]-like sound (harmonics of 130 Hz around 800 and 1,200 Hz) over a patterned picture. */
function request(size: number): LipSyncRequest {
  const pcm = Int16Array.from({ length: SAMPLE_RATE * 0.8 }, (_, n) => {
    let sum = 0;
    for (let hz = 130; hz < 4000; hz += 130) {
      const gain = Math.exp(-(((hz - 800) / 250) ** 2)) + 0.7 * Math.exp(-(((hz - 1200) / 250) ** 2)) + 0.03;
      sum += gain * Math.sin((2 * Math.PI * hz * n) / SAMPLE_RATE);
    }
    return 2500 * sum;
  });
  const picture = (frame: number, x: number, y: number) => 110 + frame + 50 * Math.sin(x * 9) * Math.cos(y * 13);
  return {
    mel: melSpectrogram(pcm),
    frames: FRAMES,
    reference: (frame) => ({
      size,
      data: Uint8Array.from({ length: 3 * size * size }, (_, at) =>
        picture(frame, (at % size) / size, (Math.floor(at / size) % size) / size),
      ),
    }),
  };
}

async function collect(lips: LipSync, wanted: LipSyncRequest): Promise<MouthPatch[]> {
  const patches: MouthPatch[] = [];
  for await (const patch of lips.patches(wanted, new AbortController().signal)) {
    patches.push({ ...patch, data: patch.data.slice() });
  }
  return patches;
}

function maxDifference(a: MouthPatch, b: MouthPatch): number {
  return a.data.reduce((most, value, index) => Math.max(most, Math.abs(value - b.data[index]!)), 0);
}
