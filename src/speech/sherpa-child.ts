/**
 * The process of one sherpa-onnx voice. The library answers bad files with `exit(-1)` or an abort and frees a network
 * only with its process, so every voice has one.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import sherpa, { type OfflineTts } from 'sherpa-onnx-node';
import { resample } from '../audio/resample.ts';
import { serveParent } from './child-link.ts';
import { sherpaConfig, sherpaSpeech } from './sherpa-config.ts';
import type { SherpaAnswer, SherpaRequest } from './sherpa-protocol.ts';

const STANDARD_ERROR = 2;

await serveParent<SherpaRequest, SherpaAnswer, Record<string, never>>(async () => {
  let tts: OfflineTts | undefined;
  return {
    ready: {},
    answer(request) {
      tts ??= load(request);
      const pcm = request.text === '' ? new Int16Array(0) : speak(tts, request);
      return { pcm, residentBytes: process.memoryUsage.rss() };
    },
  };
});

function load({ voice, dataDir, threads }: SherpaRequest): OfflineTts {
  const tts = new sherpa.OfflineTts(sherpaConfig(voice, dataDir, threads));
  // From here on the library would quote texts it cannot pronounce, and a user's text belongs in no log. It writes to
  // the descriptor itself; the next one to be opened takes its number.
  closeSync(STANDARD_ERROR);
  openSync(devNull, 'w');
  return tts;
}

function speak(tts: OfflineTts, request: SherpaRequest): Int16Array {
  const { samples, sampleRate } = tts.generate(sherpaSpeech(request));
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < pcm.length; i++) pcm[i] = Math.max(-32_768, Math.min(32_767, Math.round(samples[i]! * 32_768)));
  return resample(pcm, sampleRate, request.sampleRate ?? sampleRate);
}
