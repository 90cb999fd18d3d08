import type { SpeechEngine, Voice } from './speech.ts';

/** Who asks for voices waits no longer for an engine. */
const PATIENCE_MS = 2000;
/** An engine that failed to name its voices is not asked again for so long. */
const REST_MS = 10_000;

/** What engines named when they last did. */
const named = new WeakMap<SpeechEngine, readonly Voice[]>();
/** When engines that did not name their voices were asked, by `performance.now`. */
const silent = new WeakMap<SpeechEngine, number>();

/**
 * The engine's voices. When it fails or takes longer than 2 s those it had before, at once if it did so within the last
 * 10 s; `undefined` if it never named any. One that answers late is heard from then on.
 */
export async function promptVoices(engine: SpeechEngine): Promise<readonly Voice[] | undefined> {
  const since = silent.get(engine);
  if (since !== undefined && performance.now() - since < REST_MS) return named.get(engine);
  const asking = engine.voices().then((voices) => {
    silent.delete(engine);
    named.set(engine, voices);
    return voices;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  const voices = await Promise.race([asking.catch(() => undefined), late]);
  clearTimeout(timer);
  if (!voices) silent.set(engine, performance.now());
  return voices ?? named.get(engine);
}
