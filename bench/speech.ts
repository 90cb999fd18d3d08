import type { Language } from '../src/types.ts';
import { median } from './measure.ts';
import { TEXTS } from './texts.ts';

const RUNS = 5;

/** From the request to the first sound behind the WAV's header, and to the last, ms. */
interface Heard {
  first: number;
  total: number;
}

/** One request as a client makes it. Throws when the server answers an error. */
async function listen(url: string, text: string): Promise<Heard> {
  const start = performance.now();
  const response = await fetch(`${url}/stream-tts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  let first = 0;
  let bytes = 0;
  for await (const piece of response.body) {
    bytes += piece.length;
    if (bytes > 44) first ||= performance.now() - start;
  }
  return { first, total: performance.now() - start };
}

/** The voice alone, as a client of a warm server hears it: a text that was never said, and then the same again. */
export async function measureSpeech(url: string): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  let turn = 0;
  for (const language of Object.keys(TEXTS) as Language[]) {
    await listen(url, TEXTS[language]);
    const fresh: Heard[] = [];
    const again: Heard[] = [];
    for (let run = 0; run < RUNS; run++) {
      // A number in every sentence: nothing of it is remembered.
      const text = TEXTS[language].replaceAll(/[.:!?]/g, () => ` ${++turn}.`);
      fresh.push(await listen(url, text));
      again.push(await listen(url, text));
    }
    result[`100-word text ${language}, first bytes of its voice, ms`] = median(fresh.map(({ first }) => first));
    result[`100-word text ${language}, all of its voice, ms`] = median(fresh.map(({ total }) => total));
    result[`100-word text ${language}, said again, first bytes, ms`] = median(again.map(({ first }) => first));
  }
  return result;
}
