import { setMaxListeners } from 'node:events';
import type { Language } from '../src/types.ts';
import { median } from './measure.ts';
import { TEXTS } from './texts.ts';

const RUNS = 5;

export interface StreamTimes {
  /** From the request to the first `chunk` event, ms. */
  firstChunk: number;
  /** To the last event, ms. */
  total: number;
  /** Length of the video made, ms. */
  video: number;
}

/** One SSE request as a client makes it. Throws when the server answers an error. */
export async function stream(url: string, text: string, language: Language): Promise<StreamTimes> {
  const start = performance.now();
  const response = await fetch(`${url}/api/stream_chunks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ text, language, chunk_size: 15 }),
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  let firstChunk = 0;
  let video = 0;
  let rest = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    rest += part;
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (!/^event: ?chunk$/m.test(event) || !data) continue;
      const chunk = JSON.parse(data) as { duration?: number; error?: string };
      if (chunk.duration === undefined) throw new Error(`a chunk failed: ${chunk.error}`);
      firstChunk ||= performance.now() - start;
      video += chunk.duration * 1000;
    }
  }
  return { firstChunk, total: performance.now() - start, video };
}

/** What a client of a warm server sees, alone and beside three others. */
export async function measureServer(url: string): Promise<Record<string, number>> {
  setMaxListeners(0);
  const languages = Object.keys(TEXTS) as Language[];
  const fifteen = (language: Language) => TEXTS[language].split(/\s+/).slice(0, 15).join(' ');
  await stream(url, fifteen('ru'), 'ru');
  const result: Record<string, number> = {};
  for (const language of languages) {
    const short = await repeat(() => stream(url, fifteen(language), language));
    result[`15-word chunk ${language}, ms`] = median(short.map((times) => times.total));
    result[`15-word chunk ${language}, realtime factor`] = median(short.map((times) => times.total / times.video));
    const long = await repeat(() => stream(url, TEXTS[language], language));
    result[`100-word text ${language}, first chunk, ms`] = median(long.map((times) => times.firstChunk));
    result[`100-word text ${language}, realtime factor`] = median(long.map((times) => times.total / times.video));
  }
  const crowd = await Promise.all(
    [...languages, 'ru' as const].map((language) => stream(url, TEXTS[language], language)),
  );
  result['4 requests at once, worst first chunk, ms'] = Math.max(...crowd.map((times) => times.firstChunk));
  const wall = Math.max(...crowd.map((times) => times.total));
  result['4 requests at once, realtime factor of all'] = wall / crowd.reduce((sum, times) => sum + times.video, 0);
  return result;
}

async function repeat(work: () => Promise<StreamTimes>): Promise<StreamTimes[]> {
  const times: StreamTimes[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await work());
  return times;
}
