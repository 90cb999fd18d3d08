import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { SpeechEngine } from './speech.ts';

export interface SpeechEngineOptions {
  log: Log;
  /** Deadline of one synthesis; the engine's own default when absent. */
  timeoutMs?: number;
}

/** Engines by name. Each is loaded when it is chosen, so the optional packages of the others need not be there. */
const ENGINES: ReadonlyMap<string, (options: SpeechEngineOptions) => Promise<SpeechEngine>> = new Map([
  ['espeak', async (options) => new (await import('./espeak.ts')).EspeakEngine(options)],
]);

/** The speech engine of that name, not started yet. Throws `BootError` for a name there is none of. */
export async function createSpeechEngine(name: string, options: SpeechEngineOptions): Promise<SpeechEngine> {
  const create = ENGINES.get(name);
  if (!create) throw new BootError(`Unknown speech engine "${name}"; there is: ${[...ENGINES.keys()].join(', ')}`);
  return create(options);
}
