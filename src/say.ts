import { concatPcm } from './audio/pcm.ts';
import { atRate, onePiece, wholePcm } from './audio/sound.ts';
import { SoyleError } from './errors.ts';
import {
  RANDOM_VOICE,
  type SpeechEngine,
  type SpeechOrigin,
  type SpeechRequest,
  type SpeechStream,
} from './speech/speech.ts';
import type { LanguageSpan } from './text/detect.ts';
import { type Passage, passages } from './text/passages.ts';
import {
  type ChunkText,
  LANGUAGES,
  type Language,
  SAMPLE_RATE,
  type Speech,
  type Spoken,
  type TextLanguage,
  type VoiceGender,
  type WordTiming,
} from './types.ts';

export interface SayRequest extends Omit<SpeechRequest, 'language'> {
  language: TextLanguage;
  /** For `auto`, where the text is a part of a longer one: what this part of it is written in. */
  languages?: readonly LanguageSpan[];
  /** Of the voice, where neither voice nor `voiceAttributes` say one and the engine has such a voice: no wish, a preference. */
  gender?: VoiceGender;
}

export interface SaidText extends Required<Speech>, Spoken {}

/** A text while it is being spoken. Who speaks, `warnings` and `degraded` are those of its beginning, unless it was asked for as a `whole`. */
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
  const { ask, drew, mixes } = await casting(request, engine);
  const pieces: Int16Array[] = [];
  const shares: Share[] = [];
  const timings = new Map<ChunkText, WordTiming[]>();
  let samples = 0;
  for (const passage of passages(request.text, request.language, { ...request, mixes })) {
    signal.throwIfAborted();
    const asked = await ask(passage);
    const { pcm, words = [], ...origin } = await engine.speak(asked, signal);
    await drew(asked, origin);
    const startMs = (samples / SAMPLE_RATE) * 1000;
    const spoken = timings.get(passage.utterance) ?? [];
    timings.set(passage.utterance, [...spoken, ...words.map((word) => inUtterance(word, passage, startMs))]);
    pieces.push(pcm);
    shares.push({ engine: engine.id, ...origin, length: pcm.length });
    samples += pcm.length;
  }
  const words = Array.from(timings, ([utterance, spoken]) => writtenWords(spoken, utterance)).flat();
  return { pcm: concatPcm(pieces), words, ...spokenBy(shares) };
}

/**
 * The same as sound alone, passage by passage while it is being made: the first of it is there when this resolves, and
 * from then on the passage behind that which is being heard is already being spoken, no more than one. With `whole`, all
 * of it is there, and each passage as one engine spoke it.
 */
export async function sayStream(request: SayRequest, engine: SpeechEngine, signal: AbortSignal): Promise<SaidStream> {
  const leaving = new AbortController();
  const stop = AbortSignal.any([signal, leaving.signal]);
  const { ask, drew, mixes } = await casting(request, engine);
  const rest = passages(request.text, request.language, { ...request, mixes, firstWords: FIRST_WORDS });
  const begin = async (asked: SpeechRequest): Promise<SpeechStream> => {
    if (engine.stream) return engine.stream(asked, stop);
    const { pcm, words: _, ...origin } = await engine.speak(asked, stop);
    return { ...origin, sampleRate: SAMPLE_RATE, pcm: onePiece(pcm) };
  };
  const open = async (passage: Passage): Promise<SpeechStream> => {
    stop.throwIfAborted();
    const asked = await ask(passage);
    const stream = await begin(asked);
    await drew(asked, stream);
    return stream;
  };
  const openNext = (): Promise<SpeechStream> | undefined => {
    const { value } = rest.next();
    const opening = value && open(value);
    // Who listens hears of it when its turn has come.
    opening?.catch(() => undefined);
    return opening;
  };
  const first = await openNext();
  if (!first) return { sampleRate: SAMPLE_RATE, pcm: onePiece(new Int16Array()) };
  const { sampleRate } = first;
  const shares: Share[] = [];
  async function* pcm(): AsyncGenerator<Int16Array> {
    try {
      for (let stream: SpeechStream | undefined = first; stream; ) {
        const following = openNext();
        let length = 0;
        for await (const piece of atRate(stream, sampleRate)) {
          length += piece.length / sampleRate;
          yield piece;
        }
        shares.push(...sharesOf(stream, engine.id, length));
        stream = await following;
      }
    } finally {
      leaving.abort(new SoyleError('aborted'));
    }
  }
  if (!request.whole) return { sampleRate, pcm: pcm(), ...spokenBy(sharesOf(first, engine.id, 1).slice(0, 1)) };
  const whole = await wholePcm(pcm());
  return { sampleRate, pcm: onePiece(whole), ...spokenBy(shares) };
}

/** Who spoke a stream of so many seconds. */
function sharesOf({ shares, engine: by, degraded, warnings }: SpeechStream, engine: string, length: number): Share[] {
  const told = shares?.() ?? [];
  if (told.length === 0) return [{ engine: by ?? engine, degraded, warnings, length }];
  return told.map(({ ms, ...origin }) => ({ ...origin, length: ms / 1000 }));
}

/** Who is asked for a language. */
type Asked = Pick<SpeechEngine, 'facts' | 'voices'> & { id?: string };

interface Casting {
  /** What the engine is asked for a passage. */
  ask(passage: Passage): Promise<SpeechRequest>;
  /** Told who spoke a passage: a voice drawn by lot says those behind it too. */
  drew(asked: SpeechRequest, origin: SpeechOrigin): Promise<void>;
  /** Which languages are said within a text of another by its own voice. */
  mixes(home: Language): ReadonlySet<Language>;
}

/**
 * Who says what: words of another language are said by the engine that says the sentence if it speaks that language,
 * within the sentence if it can; by another one otherwise. The named voice says what is in its own languages, and the
 * engine's default whatever is not, if there is one.
 */
async function casting(request: SayRequest, engine: SpeechEngine): Promise<Casting> {
  const { engine: named, rate, pitch, temperature, voiceAttributes, whole } = request;
  let { voice } = request;
  const manner = { rate, pitch, temperature, voiceAttributes, ...(whole && { whole }) };
  const isAuto = request.language === 'auto';
  let own = voice === undefined ? undefined : await languagesOfVoice(voice, named, engine);
  const voiceFor = (language: Language) => (isAuto && own && !own.has(language) ? undefined : voice);
  const wanted = new Map<Language, Asked | undefined>();
  const homes = isAuto ? LANGUAGES : [request.language as Language];
  for (const home of homes) {
    const asked = { language: home, engine: named, voice: voiceFor(home), ...manner };
    wanted.set(
      home,
      engine.wanted ? await engine.wanted(asked) : { facts: engine.facts, voices: () => engine.voices() },
    );
  }
  const found = new Map<string, Promise<string | undefined>>();
  const usual = (language: Language, asks: Asked | undefined): Promise<string | undefined> => {
    const key = `${language} ${asks?.id}`;
    const voice = found.get(key) ?? voiceOf(request, language, asks);
    found.set(key, voice);
    return voice;
  };
  return {
    async ask({ span: { text, language }, home }) {
      if (language === home || !engine.facts.languages.includes(language)) {
        const said = voiceFor(home) ?? (await usual(home, wanted.get(home)));
        return { text, language: home, engine: named, voice: said, ...manner };
      }
      const same = wanted.get(home);
      const speaks = same?.facts.languages.includes(language);
      const isOwn = own?.has(language) || (voice === RANDOM_VOICE && same?.facts.randomVoice);
      const ownVoice = speaks ? (isOwn ? voice : await usual(language, same)) : undefined;
      return { text, language, engine: (speaks ? same?.id : undefined) ?? named, voice: ownVoice, ...manner };
    },
    async drew(asked, { voice: drawn, degraded, warnings }) {
      if (asked.voice !== RANDOM_VOICE || voice !== RANDOM_VOICE || drawn === undefined) return;
      if (degraded || warnings?.includes('voice_replaced')) return;
      voice = drawn;
      own = await languagesOfVoice(voice, named, engine);
    },
    mixes(home) {
      const facts = wanted.get(home)?.facts;
      return new Set(facts?.mixesLanguages ? facts.languages : []);
    },
  };
}

/**
 * The engine's first voice of the wanted gender, where no voice is named and its own default is of the other one. One
 * that can be told in words what gender it is to have is left to it.
 */
async function voiceOf(
  { voice, gender: preferred, voiceAttributes }: SayRequest,
  language: Language,
  engine: Asked | undefined,
): Promise<string | undefined> {
  const asked = voiceAttributes?.gender;
  const gender = asked === undefined || asked === 'neutral' ? preferred : asked;
  if (!engine || voice !== undefined || gender === undefined || (asked && engine.facts.voiceAttributes))
    return undefined;
  const speaking = (await engine.voices()).filter((one) => one.language === language);
  const usual = speaking.find((one) => one.default) ?? speaking[0];
  if (usual?.default === 'chosen' || usual?.gender === undefined || usual.gender === gender) return undefined;
  return speaking.find((one) => one.gender === gender)?.id;
}

/** What the named voice speaks; `undefined` when its engine knows it by another name. */
async function languagesOfVoice(
  voice: string,
  named: string | undefined,
  engine: SpeechEngine,
): Promise<ReadonlySet<Language> | undefined> {
  const all = await engine.voices();
  const own = all.filter(({ id, engine: whose }) => id === voice && (named === undefined || named === whose));
  return own.length > 0 ? new Set(own.map(({ language }) => language)) : undefined;
}

interface Share extends Pick<SpeechOrigin, 'engine' | 'degraded'> {
  engines?: readonly string[];
  warnings?: readonly string[];
  /** How much was spoken, in a unit that all shares have in common. */
  length: number;
}

/** Whose work several utterances are together: the engine's that spoke longest; everybody's warnings. */
export function spokenBy(shares: readonly Share[]): Spoken {
  const lengthOf = new Map<string, number>();
  for (const { engine, length } of shares) {
    if (engine !== undefined) lengthOf.set(engine, (lengthOf.get(engine) ?? 0) + length);
  }
  const [most] = [...lengthOf].sort(([, a], [, b]) => b - a);
  const engines = [...new Set(shares.flatMap(({ engine, engines = engine === undefined ? [] : [engine] }) => engines))];
  const warnings = [...new Set(shares.flatMap((share) => share.warnings ?? []))];
  return {
    ...(most && { engine: most[0] }),
    ...(engines.length > 1 && { engines }),
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
