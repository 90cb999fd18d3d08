import type { Settings } from '../src/config.ts';
import { openSpeech } from '../src/engines.ts';
import { silentLog } from '../src/log.ts';
import { createMedia } from '../src/media/ffmpeg.ts';
import { SAMPLE_RATE } from '../src/types.ts';
import { median, timed } from './measure.ts';

const RUNS = 20;

/** How quickly the embedded voice speaks a text it has not said before, and how quickly one that it has. */
export async function measureVoices(settings: Settings, text: string): Promise<Record<string, number>> {
  const signal = new AbortController().signal;
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log: silentLog });
  const { chain } = await openSpeech({ ...settings, SPEECH_ENGINES: ['espeak'] }, media, silentLog);
  try {
    await chain.start();
    const [fresh, again]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      let samples = 0;
      // The pitch makes it another utterance of the same length.
      const speak = async () => {
        samples = (await chain.speak({ text, language: 'ru', pitch: 1 + run / 1000 }, signal)).pcm.length;
      };
      const ms = await timed(speak);
      fresh.push((ms * SAMPLE_RATE) / samples);
      again.push(await timed(speak));
    }
    return {
      'espeak, ms per second of speech': median(fresh),
      'speech from the cache, ms': median(again),
    };
  } finally {
    await chain.close();
  }
}
