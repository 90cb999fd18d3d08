import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { melSpectrogram } from '../../src/audio/mel.ts';
import { melWindow } from '../../src/audio/window.ts';
import { readLipsModel } from '../../src/lipsync/manifest.ts';
import { openWav2Lip, type Wav2LipOptions } from '../../src/lipsync/wav2lip.ts';
import { silentLog } from '../../src/log.ts';
import { describeLipSync } from './lip-sync.ts';

const root = new URL('../../', import.meta.url);
const tiny = {
  id: 'tiny',
  kind: 'wav2lip' as const,
  file: 'tiny-wav2lip-96.onnx',
  path: fileURLToPath(new URL('test/fixtures/tiny-wav2lip-96.onnx', root)),
  licence: 'MIT',
  melOffset: 0,
  framing: { eyes: 0.3, mouth: 0.6, aspect: 1 },
};
const options = (batchSize: number): Wav2LipOptions => ({
  providers: ['cpu'],
  workers: 2,
  threads: 1,
  batchSize,
  log: silentLog,
});

describeLipSync('the bundled model', async (batchSize) =>
  openWav2Lip(await readLipsModel(fileURLToPath(new URL('models', root)), 'soyle'), options(batchSize)),
);
describeLipSync('a 96×96 export with a fixed batch and other names', (batchSize) =>
  openWav2Lip(tiny, options(batchSize)),
);

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
