import { concatPcm } from './audio/pcm.ts';
import { resample } from './audio/resample.ts';
import type { SpeechEngine, SpeechOrigin, SpeechRequest, SpeechStream } from './speech/speech.ts';
import type { LanguageSpan } from './text/detect.ts';
import { type Passage, passages } from './text/passages.ts';
import {
  type ChunkText,
  type Language,
  SAMPLE_RATE,
  type Speech,
  type Spoken,
  type TextLanguage,
  type WordTiming,
} from './types.ts';

export interface SayRequest extends Omit<SpeechRequest, 'language'> {
  language: TextLanguage;
  /** For `auto`, where the text is a part of a longer one: what this part of it is written in. */
  languages?: readonly LanguageSpan[];
}

export interface SaidText extends Required<Speech>, Spoken {}

/** A text while it is being spoken. `warnings` and `degraded` are those of its beginning. */
export interface SaidStream extends Spoken {
  /** Hz: that of the engine which begins; others are brought to it. */
  sampleRate: number;
  /** To be iterated once; leaving the loop ends the synthesis. Empty for a text with nothing to pronounce. */
  pcm: AsyncIterable<Int16Array>;
}

/** The first utterance of a stream is short, so that there is something to hear soon. */
const FIRST_WORDS = 20;

/**
 * Text to speech alone: splits the text into utterances that end at sentences, says figures and signs in words, gives
 * words of another language to that language's voice and joins the sound. Word timings are those of the words as
 * written and point into `request.text`. Nothing to pronounce gives empty PCM.
 */
export async function say(request: SayRequest, engine: SpeechEngine, signal: AbortSignal): Promise<SaidText> {
  const ask = speaker(request, engine, needsVoice(request) ? await languagesOfVoice(request, engine) : undefined);
  const pieces: Int16Array[] = [];
  const shares: Share[] = [];
  const timings = new Map<ChunkText, WordTiming[]>();
  let samples = 0;
  for (const passage of passages(request.text, request.language, request)) {
    signal.throwIfAborted();
    const { pcm, words = [], ...origin } = await engine.speak(ask(passage), signal);
    const startMs = (samples / SAMPLE_RATE) * 1000;
    const spoken = timings.get(passage.utterance) ?? [];
    timings.set(passage.utterance, [...spoken, ...words.map((word) => inUtterance(word, passage, startMs))]);
    pieces.push(pcm);
    shares.push({ engine: engine.id, ...origin, samples: pcm.length });
    samples += pcm.length;
  }
  const words = Array.from(timings, ([utterance, spoken]) => writtenWords(spoken, utterance)).flat();
  return { pcm: concatPcm(pieces), words, ...spokenBy(shares) };
}

/** The same as sound alone, passage by passage while it is being made: the first of it is there when this resolves. */
export async function sayStream(request: SayRequest, engine: SpeechEngine, signal: AbortSignal): Promise<SaidStream> {
  const ask = speaker(request, engine, needsVoice(request) ? await languagesOfVoice(request, engine) : undefined);
  const open = async (passage: Passage): Promise<SpeechStream> => {
    signal.throwIfAborted();
    if (engine.stream) return engine.stream(ask(passage), signal);
    const { pcm, words: _, ...origin } = await engine.speak(ask(passage), signal);
    return { ...origin, sampleRate: SAMPLE_RATE, pcm: onePiece(pcm) };
  };
  const rest = passages(request.text, request.language, { ...request, firstWords: FIRST_WORDS });
  const beginning = rest.next().value;
  if (!beginning) return { sampleRate: SAMPLE_RATE, pcm: onePiece(new Int16Array()) };
  const { pcm: first, sampleRate, ...origin } = await open(beginning);
  async function* pcm(): AsyncGenerator<Int16Array> {
    yield* first;
    for (const passage of rest) {
      const sound = await open(passage);
      yield* sound.sampleRate === sampleRate ? sound.pcm : atRate(sound, sampleRate);
    }
  }
  return { sampleRate, pcm: pcm(), ...spokenBy([{ engine: engine.id, ...origin, samples: 1 }]) };
}

async function* onePiece(pcm: Int16Array): AsyncGenerator<Int16Array> {
  if (pcm.length > 0) yield pcm;
}

/** A passage of another engine: brought to the rate as a whole, or its pieces would click where they meet. */
async function* atRate(sound: SpeechStream, sampleRate: number): AsyncGenerator<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const piece of sound.pcm) pieces.push(piece);
  yield resample(concatPcm(pieces), sound.sampleRate, sampleRate);
}

/**
 * What an engine is asked for a passage: the named voice says what is in its own language (`own`, where it is known), and
 * the engine's default whatever is not, if there is one.
 */
function speaker(
  request: SayRequest,
  engine: SpeechEngine,
  own: ReadonlySet<Language> | undefined,
): (passage: Passage) => SpeechRequest {
  const { engine: named, voice, rate, pitch, temperature, voiceAttributes } = request;
  return ({ span, home }) => {
    const foreign = span.language !== home && engine.facts.languages.includes(span.language);
    return {
      ...{ text: span.text, language: foreign ? span.language : home, engine: named },
      voice: foreign || (own && !own.has(home)) ? undefined : voice,
      ...{ rate, pitch, temperature, voiceAttributes },
    };
  };
}

const needsVoice = ({ language, voice }: SayRequest): boolean => language === 'auto' && voice !== undefined;

/** What the named voice speaks; `undefined` when its engine knows it by another name. */
async function languagesOfVoice(
  { voice, engine: named }: SayRequest,
  engine: SpeechEngine,
): Promise<ReadonlySet<Language> | undefined> {
  const all = await engine.voices();
  const own = all.filter(({ id, engine: whose }) => id === voice && (named === undefined || named === whose));
  return own.length > 0 ? new Set(own.map(({ language }) => language)) : undefined;
}

interface Share extends Pick<SpeechOrigin, 'engine' | 'degraded'> {
  warnings?: readonly string[];
  samples: number;
}

/** Whose work several utterances are together: the engine's that spoke longest; everybody's warnings. */
export function spokenBy(shares: readonly Share[]): Spoken {
  const samplesOf = new Map<string, number>();
  for (const { engine, samples } of shares) {
    if (engine !== undefined) samplesOf.set(engine, (samplesOf.get(engine) ?? 0) + samples);
  }
  const [most] = [...samplesOf].sort(([, a], [, b]) => b - a);
  const warnings = [...new Set(shares.flatMap((share) => share.warnings ?? []))];
  return {
    ...(most && { engine: most[0] }),
    ...(shares.some(({ degraded }) => degraded) && { degraded: true as const }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function inUtterance(word: WordTiming, { utterance, span }: Passage, startMs: number): WordTiming {
  const { start, end } = span.sourceRange(word.textOffset, word.textOffset + word.text.length);
  return {
    text: utterance.text.slice(start, end),
    startMs: startMs + word.startMs,
    endMs: startMs + word.endMs,
    textOffset: start,
  };
}

/** Times of words as written: «1990» is one word, whatever it takes to say it, and so is what no white space parts. */
function writtenWords(spoken: readonly WordTiming[], { text, offset }: ChunkText): WordTiming[] {
  const written: WordTiming[] = [];
  for (const word of spoken) {
    const last = written.at(-1);
    const lastEnd = last ? last.textOffset + last.text.length : 0;
    if (last && (word.textOffset < lastEnd || !/\p{White_Space}/u.test(text.slice(lastEnd, word.textOffset)))) {
      last.text = text.slice(last.textOffset, Math.max(lastEnd, word.textOffset + word.text.length));
      last.endMs = word.endMs;
    } else {
      written.push({ ...word });
    }
  }
  return written.map((word) => ({ ...word, textOffset: offset + word.textOffset }));
}
