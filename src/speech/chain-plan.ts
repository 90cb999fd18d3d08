import { SoyleError } from '../errors.ts';
import { hasVoice } from './find-voice.ts';
import { promptVoices } from './prompt-voices.ts';
import type { SpeechEngine, SpeechRequest, SpeechWarning } from './speech.ts';

/** An engine's turn at a request, and what it costs the client to get to it. */
export interface Step {
  engine: SpeechEngine;
  request: SpeechRequest;
  warnings: readonly SpeechWarning[];
  /** It speaks in the place of one that cannot be asked. */
  degraded?: boolean;
  /** Whether it has the wanted voice shows when it is asked; if not, the next one speaks. */
  doubtful?: boolean;
}

interface Choice {
  /** `undefined` when nobody speaks the language. */
  engine?: SpeechEngine | undefined;
  /**
   * Where nobody is known to have the voice, and not all say what they have: whether it can only be that of another
   * engine, which keeps `silent`, or may be the chosen one's.
   */
  owner?: 'silent' | 'doubtful';
}

const VOICE_REPLACED: SpeechWarning = 'voice_replaced';

/**
 * The engines in the order in which they are asked, each with what it is asked. Rejects with `invalid_request` where
 * nobody has the named engine or speaks the language.
 */
export async function planSteps(engines: readonly SpeechEngine[], request: SpeechRequest): Promise<Step[]> {
  const { engine: named, voice, language } = request;
  if (named !== undefined && !engines.some(({ id }) => id === named)) {
    throw new SoyleError('invalid_request', { detail: `unknown engine "${named.slice(0, 100)}"` });
  }
  const { engine: wanted, owner } = await chooseEngine(engines, request);
  if (!wanted) throw new SoyleError('invalid_request', { detail: `no engine speaks ${language}` });
  const replaced: SpeechWarning[] = named !== undefined && wanted.id !== named ? ['engine_replaced'] : [];
  const others = engines.filter((engine) => engine !== wanted && engine.facts.languages.includes(language));
  const { voice: _, ...anyVoice } = request;
  const otherVoice = { request: anyVoice, warnings: voice === undefined ? replaced : [...replaced, VOICE_REPLACED] };
  const first: Step =
    owner === 'silent'
      ? { engine: wanted, ...otherVoice, degraded: true }
      : {
          engine: wanted,
          request: replaced.length > 0 ? anyVoice : request,
          warnings: replaced,
          doubtful: owner === 'doubtful',
        };
  return [first, ...others.map((engine): Step => ({ engine, ...otherVoice }))];
}

/** Who is asked first: the named engine, or the one that has the named voice, or simply the first. */
export async function chooseEngine(
  engines: readonly SpeechEngine[],
  { engine: named, voice, language }: Omit<SpeechRequest, 'text'>,
): Promise<Choice> {
  const able = engines.filter(({ facts }) => facts.languages.includes(language));
  const own = able.find(({ id }) => id === named);
  if (own || voice === undefined) return { engine: own ?? able[0] };
  const lists = await Promise.all(able.map(promptVoices));
  const owner = able.find(({ facts }, i) => {
    const fitting = lists[i]?.filter((one) => one.language === language);
    return fitting && hasVoice(voice, fitting, facts);
  });
  if (owner || !lists.includes(undefined)) return { engine: owner ?? able[0] };
  return { engine: able[0], owner: lists[0] ? 'silent' : 'doubtful' };
}
