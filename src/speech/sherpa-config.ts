import { join } from 'node:path';
import type { InstalledVoice } from '../voices/folder.ts';
import type { SherpaRequest } from './sherpa-protocol.ts';

/** The constructor's argument: one of `vits`, `matcha`, `kokoro` and `supertonic` with the paths of its files. */
export interface SherpaConfig {
  model: { [kind: string]: unknown; numThreads: number; provider: string };
  maxNumSentences: number;
}

/** The argument of `generate`; some kinds of networks take theirs in a newer form. */
export type SherpaSpeech =
  | { text: string; sid: number; speed: number }
  | {
      text: string;
      generationConfig: { sid: number; speed: number; numSteps: number; extra: Record<string, string> };
    };

/** Denoising steps of Supertonic, as its authors' examples have them. */
const SUPERTONIC_STEPS = 5;

/** A voice's folder as sherpa-onnx wants to hear of it: the paths of its files, by their roles. */
export function sherpaConfig(voice: InstalledVoice, dataDir: string, threads: number): SherpaConfig {
  const paths: Record<string, string> = {};
  for (const [role, name] of Object.entries(voice.files)) if (name) paths[role] = join(voice.dir, name);
  if (voice.espeak) paths.dataDir = dataDir;
  return { model: { [voice.kind]: paths, numThreads: threads, provider: 'cpu' }, maxNumSentences: 1 };
}

/**
 * The words to `generate`. sherpa-onnx replaces a network's length scale by the pace that is asked for, so the voice's
 * own is part of that.
 */
export function sherpaSpeech({ voice, text, speaker: sid, rate, language }: SherpaRequest): SherpaSpeech {
  const speed = rate / voice.lengthScale;
  if (voice.kind !== 'supertonic') return { text, sid, speed };
  return { text, generationConfig: { sid, speed, numSteps: SUPERTONIC_STEPS, extra: { lang: language } } };
}
