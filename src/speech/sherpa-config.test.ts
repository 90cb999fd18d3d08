import { describe, expect, it } from 'vitest';
import type { InstalledVoice } from '../voices/folder.ts';
import { voiceSchema } from '../voices/voice.ts';
import { sherpaConfig, sherpaSpeech } from './sherpa-config.ts';

const common = {
  name: 'A',
  languages: ['en'],
  sampleRate: 24_000,
  speakers: [{ id: 'a', name: 'A' }],
  licence: 'CC0-1.0',
};
const voice = (more: object): InstalledVoice => ({
  ...voiceSchema.parse({ ...common, ...more }),
  ...{ id: 'a', dir: '/voices/a', version: '1' },
});
const piper = voice({ kind: 'vits', espeak: true, lengthScale: 1.25, files: { model: 'm.onnx', tokens: 't.txt' } });
const supertonic = voice({
  kind: 'supertonic',
  espeak: false,
  files: {
    ...{ durationPredictor: 'd.onnx', textEncoder: 'e.onnx', vectorEstimator: 'v.onnx', vocoder: 'o.onnx' },
    ...{ ttsJson: 'tts.json', unicodeIndexer: 'u.bin', voiceStyle: 's.bin' },
  },
});
const request = { dataDir: '/data', threads: 1, text: 'hi', language: 'en', speaker: 2, rate: 1 } as const;

describe('what sherpa-onnx is told', () => {
  it('of a voice that speaks phonemes: its files and the dictionaries', () => {
    expect(sherpaConfig(piper, '/data', 3)).toEqual({
      model: {
        vits: { model: '/voices/a/m.onnx', tokens: '/voices/a/t.txt', dataDir: '/data' },
        ...{ numThreads: 3, provider: 'cpu' },
      },
      maxNumSentences: 1,
    });
  });

  it('of other kinds: their files alone', () => {
    expect(sherpaConfig(supertonic, '/data', 1).model.supertonic).toMatchObject({ ttsJson: '/voices/a/tts.json' });
    expect(sherpaConfig(supertonic, '/data', 1).model.supertonic).not.toHaveProperty('dataDir');
  });

  it('of the pace: what was asked for over what the voice has by itself', () => {
    expect(sherpaSpeech({ ...request, voice: piper, rate: 2 })).toEqual({ text: 'hi', sid: 2, speed: 1.6 });
  });

  it('of the language, where the network speaks several', () => {
    const { generationConfig } = sherpaSpeech({ ...request, voice: supertonic }) as { generationConfig: object };
    expect(generationConfig).toMatchObject({ sid: 2, speed: 1, extra: { lang: 'en' } });
  });

  it('refuses files outside the folder', () => {
    const outside = { kind: 'vits', espeak: true, files: { model: '../m.onnx', tokens: 't.txt' } };
    expect(() => voice(outside)).toThrow('must be the name of a file in this folder');
  });
});
