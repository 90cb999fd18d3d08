import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startServer, type TestServer } from '../examples/server.ts';
import { seeded } from '../fixtures/seeded.ts';
import { randomText } from './random-texts.ts';

const SHORT = 195;
const LONG = 5;
const AT_ONCE = 4;
const FINISHED = /^\d{8}_\d{6}_\d{6}_[0-9a-f]{32}_\d+\.(mp4|wav)$/;

interface Answer {
  status: number;
  body: { code?: string; success?: boolean; chunks?: { text: string; error?: string }[] };
}

describe('a server given 200 random texts', () => {
  let server: TestServer;
  const random = seeded(20_261_120);
  beforeAll(async () => {
    server = await startServer({ LOG_LEVEL: 'info' });
  });
  afterAll(() => server.close());

  const post = (body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${server.url}/api/stream_chunks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    });

  it(`answers ${SHORT} of up to 60 characters, each chunk of them`, { timeout: 600_000 }, async () => {
    const texts = Array.from({ length: SHORT }, () => randomText(random, 1 + Math.floor(random() * 60)));
    const answers: Answer[] = [];
    const ask = async (text: string, index: number): Promise<void> => {
      const language = ['ru', 'kk', 'en'][index % 3];
      const response = await post({
        text,
        language,
        chunk_size: 1 + (index % 7),
        split: index % 2 ? 'smart' : 'words',
      });
      answers[index] = { status: response.status, body: (await response.json()) as Answer['body'] };
    };
    const queue = texts.entries();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const [index, text] of queue) await ask(text, index);
      }),
    );
    for (const [index, { status, body }] of answers.entries()) {
      // JSON cannot carry what is no text: what is left after trimming decides.
      if (status === 400) expect(body.code, JSON.stringify(texts[index])).toBe('text_empty');
      else
        expect({ status, success: body.success }, JSON.stringify(texts[index])).toEqual({ status: 200, success: true });
      for (const chunk of body.chunks ?? []) {
        expect(chunk.error, JSON.stringify(chunk.text)).toBeUndefined();
        expect(texts[index]).toContain(chunk.text);
      }
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(SHORT * 0.9);
  });

  it(`makes the first chunk of ${LONG} at the limit and stops when the client leaves`, {
    timeout: 120_000,
  }, async () => {
    for (let turn = 0; turn < LONG; turn++) {
      const leave = new AbortController();
      const text = randomText(random, 10_000);
      const response = await post({ text, chunk_size: 5 }, { Accept: 'text/event-stream' }, leave.signal);
      expect(response.status).toBe(200);
      let seen = '';
      for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
        seen += part;
        if (/^event: chunk$/m.test(seen)) break;
      }
      expect(seen).toMatch(/^event: start$/m);
      leave.abort();
    }
  });

  it('is ready afterwards, idle, and keeps finished files alone', async () => {
    await vi.waitFor(
      async () => {
        const health = (await (await fetch(`${server.url}/api/health`)).json()) as object;
        expect(health).toMatchObject({ status: 'ready', queue: { active: 0, waiting: 0 } });
      },
      { timeout: 20_000, interval: 200 },
    );
    const files = await readdir(server.outputDir);
    expect(files.length).toBeGreaterThan(SHORT);
    expect(files.filter((name) => !FINISHED.test(name))).toEqual([]);
    const videos = files.filter((name) => name.endsWith('.mp4')).length;
    expect(files.length).toBe(2 * videos);
  });
});
