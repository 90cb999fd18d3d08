/**
 * The espeak-ng process. espeak-ng is GPL-3 and blocks while it speaks, so it is loaded here and nowhere else: a program
 * of its own that the server talks to through a pipe.
 */
import initEspeak, { type EspeakEvent, type EspeakModule, type EspeakWorker } from '@echogarden/espeak-ng-emscripten';
import { concatPcm } from '../audio/pcm.ts';
import { resample } from '../audio/resample.ts';
import { SAMPLE_RATE, type Speech } from '../types.ts';
import { serveParent } from './child-link.ts';
import type { EspeakAnswer, EspeakReady, EspeakRequest, EspeakVariant } from './espeak-protocol.ts';
import { escapeText } from './espeak-text.ts';
import { wordTimings } from './espeak-words.ts';
import { trimSilence } from './silence.ts';

const VARIANTS_DIRECTORY = '/usr/share/espeak-ng-data/voices/!v';
const WORDS_PER_MINUTE = 175;

await serveParent<EspeakRequest, EspeakAnswer, EspeakReady>(async () => {
  // What espeak prints may quote the user's text, which belongs in no log.
  const espeak = await initEspeak({ print() {}, printErr() {} });
  const worker = new espeak.eSpeakNGWorker();
  const variants = readVariants(espeak);
  const known = new Set(variants.map(({ id }) => id));
  // The first utterance reads dictionaries and computes the resampling filter: here, not in a user's request.
  speak(worker, { text: 'а', base: 'ru', rate: 1, pitch: 1, sampleRate: SAMPLE_RATE });
  return {
    ready: { variants },
    answer(request) {
      if (request.variant !== undefined && !known.has(request.variant)) return { unknownVariant: true };
      const { sampleRate = worker.samplerate } = request;
      return { speech: speak(worker, { ...request, sampleRate }), sampleRate };
    },
  };
});

function speak(
  worker: EspeakWorker,
  { text, base, variant, rate, pitch, sampleRate }: EspeakRequest & { sampleRate: number },
): Required<Speech> {
  const voice = variant === undefined ? base : `${base}+${variant}`;
  // Set for every request even if unchanged: it clears the echo of what was said before.
  if (worker.set_voice(voice) !== 0) throw new Error(`espeak-ng has no voice "${voice}"`);
  worker.set_rate(Math.round(WORDS_PER_MINUTE * rate));
  // Pitch moves the voice's lowest tone by an octave to either side; the intonation above it has to follow.
  worker.set_pitch(Math.min(99, Math.round(50 + 50 * Math.log2(pitch))));
  worker.set_range(Math.min(99, Math.round(50 * pitch)));

  const { ssml, offsets } = escapeText(text);
  const pieces: Int16Array[] = [];
  const events: EspeakEvent[] = [];
  worker.synthesize(ssml, (piece, pieceEvents) => {
    pieces.push(piece);
    for (const event of pieceEvents) events.push(event);
    return false;
  });
  // Without a word there is at most a click.
  if (!events.some(({ type }) => type === 'word')) return { pcm: new Int16Array(0), words: [] };

  const { pcm: spoken, cutMs } = trimSilence(concatPcm(pieces), worker.samplerate);
  const pcm = resample(spoken, worker.samplerate, sampleRate);
  const durationMs = Math.floor((pcm.length * 1000) / sampleRate);
  const within = (ms: number) => Math.max(0, Math.min(durationMs, ms - cutMs));
  const words = wordTimings(text, offsets, events).map((word) => ({
    ...word,
    startMs: within(word.startMs),
    endMs: within(word.endMs),
  }));
  return { pcm, words };
}

function readVariants({ FS }: EspeakModule): EspeakVariant[] {
  return FS.readdir(VARIANTS_DIRECTORY)
    .filter((id) => !id.startsWith('.'))
    .flatMap((id) => {
      const file = FS.readFile(`${VARIANTS_DIRECTORY}/${id}`, { encoding: 'utf8' });
      const gender = /^\s*gender\s+(female|male)\b/m.exec(file)?.[1] as EspeakVariant['gender'] | undefined;
      const name = /^\s*name\s+(\S.*?)\s*$/m.exec(file)?.[1] ?? id;
      return gender ? [{ id, name, gender }] : [];
    });
}
