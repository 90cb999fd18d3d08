import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Media } from '../media/ffmpeg.ts';
import type { AlltalkOptions } from './alltalk.ts';
import type { ElevenlabsOptions } from './elevenlabs.ts';
import type { HttpOptions } from './http.ts';
import type { OpenaiOptions } from './openai.ts';
import type { QwenOptions } from './qwen.ts';
import type { RemoteTools } from './remote.ts';
import type { RemoteLimits } from './remote-http.ts';
import type { SherpaOptions } from './sherpa.ts';
import type { SpeechEngine } from './speech.ts';

/** What an engine needs beside what all of them are given. */
type Own<Options> = Omit<Options, keyof RemoteTools | 'timeoutMs'>;

export interface SpeechEngineOptions {
  log: Log;
  media: Media;
  /** Deadline of one synthesis on this machine; the engine's own default when absent. */
  timeoutMs?: number;
  /** Of every remote engine. */
  limits?: RemoteLimits;
  sherpa?: Own<SherpaOptions>;
  alltalk?: Own<AlltalkOptions>;
  qwen?: Own<QwenOptions>;
  openai?: Own<OpenaiOptions>;
  elevenlabs?: Own<ElevenlabsOptions>;
  http?: Own<HttpOptions>;
}

type Create = (options: SpeechEngineOptions) => Promise<SpeechEngine>;

/** Engines by name. Each is loaded when it is chosen, so the optional packages of the others need not be there. */
const ENGINES: ReadonlyMap<string, Create> = new Map<string, Create>([
  ['espeak', async (options) => new (await import('./espeak.ts')).EspeakEngine(options)],
  [
    'sherpa',
    async ({ log, timeoutMs, sherpa }) =>
      new (await import('./sherpa.ts')).SherpaEngine({ log, timeoutMs, ...needed('sherpa', sherpa) }),
  ],
  ['alltalk', async (all) => (await import('./alltalk.ts')).createAlltalk(remote('alltalk', all.alltalk, all))],
  ['qwen', async (all) => (await import('./qwen.ts')).createQwen(remote('qwen', all.qwen, all))],
  ['openai', async (all) => (await import('./openai.ts')).createOpenai(remote('openai', all.openai, all))],
  [
    'elevenlabs',
    async (all) => (await import('./elevenlabs.ts')).createElevenlabs(remote('elevenlabs', all.elevenlabs, all)),
  ],
  ['http', async (all) => (await import('./http.ts')).createHttp(remote('http', all.http, all))],
]);

/**
 * The speech engine of that name, not started yet. Throws `BootError` for a name there is none of, and for one whose
 * own options are missing or wrong.
 */
export async function createSpeechEngine(name: string, options: SpeechEngineOptions): Promise<SpeechEngine> {
  const create = ENGINES.get(name);
  if (!create) throw new BootError(`Unknown speech engine "${name}"; there is: ${[...ENGINES.keys()].join(', ')}`);
  return create(options);
}

function remote<T>(name: string, own: T | undefined, { log, media, limits }: SpeechEngineOptions): T & RemoteTools {
  return { ...needed(name, own), ...limits, log, media };
}

function needed<T>(name: string, own: T | undefined): T {
  if (own === undefined) throw new BootError(`Speech engine "${name}" lacks its settings`);
  return own;
}
