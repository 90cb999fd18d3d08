import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { melSpectrogram } from '../../src/audio/mel.ts';
import { melWindow } from '../../src/audio/window.ts';
import { openLips } from '../../src/lipsync/index.ts';
import type { LipSyncOptions } from '../../src/lipsync/lipsync.ts';
import { readLipsModel } from '../../src/lipsync/manifest.ts';
import { openSoyle } from '../../src/lipsync/soyle.ts';
import { openWav2Lip } from '../../src/lipsync/wav2lip.ts';
import { silentLog } from '../../src/log.ts';
import { TINY_SOYLE } from '../fixtures/tiny-soyle.ts';
import { describeLipSync } from './lip-sync.ts';

const root = new URL('../../', import.meta.url);
const tiny = { path: fileURLToPath(new URL('test/fixtures/tiny-wav2lip-96.onnx', root)), melOffset: 0 };
const options = (batchSize: number): LipSyncOptions => ({
  providers: ['cpu'],
  workers: 2,
  threads: 1,
  batchSize,
  log: silentLog,
});

describeLipSync('the bundled model', async (batchSize) =>
  openLips(await readLipsModel(fileURLToPath(new URL('models', root)), 'soyle'), options(batchSize)),
);
describeLipSync('a 96×96 export with a fixed batch and other names', (batchSize) =>
  openWav2Lip(tiny, options(batchSize)),
);
describeLipSync('kind soyle, two networks', (batchSize) => openSoyle(TINY_SOYLE, options(batchSize)));

it('feeds the network the reference crop and the mel window of the frame, shifted by the manifest', async () => {
  const lips = await openWav2Lip({ ...tiny, melOffset: 3 }, options(8));
  const pcm = Int16Array.from({ length: 16_000 }, (_, n) => 8000 * Math.sin(n * n * 1e-4));
  const mel = melSpectrogram(pcm);
  const crop = { size: 96, data: new Uint8Array(3 * 96 * 96).fill(51) };
  const window = new Float32Array(80 * 16);
  const request = { mel, frames: [7, 11, 24], reference: () => crop };
  for await (const patch of lips.patches(request, new AbortController().signal)) {
    melWindow(mel, patch.frame, 25, 3, window, 0);
    const loudness = window.reduce((sum, value) => sum + value, 0) / window.length;
    expect(patch.data[5000]).toBeCloseTo(0.2 + 0.1 * loudness, 4);
  }
  await lips.close();
});
