import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SoyleError } from '../errors.ts';
import type { SaidStream } from './job.ts';
import { createSayLine } from './say-line.ts';

const forever = () => new AbortController().signal;

/** Speaks without end, whatever the signal says. */
async function hum(): Promise<SaidStream> {
  async function* pcm() {
    for (;;) yield new Int16Array(10);
  }
  return { sampleRate: 16_000, pcm: pcm(), engine: 'espeak' };
}

async function shortly(): Promise<SaidStream> {
  async function* pcm() {
    yield new Int16Array(10);
  }
  return { sampleRate: 16_000, pcm: pcm() };
}

async function listen({ pcm }: SaidStream): Promise<number> {
  let pieces = 0;
  for await (const _ of pcm) pieces++;
  return pieces;
}

const full = { code: 'queue_full', status: 429 };

describe('createSayLine', () => {
  it('refuses one more than it has places, and passes on what is said', async () => {
    const line = createSayLine({ places: () => 1 });
    const first = await line.say(hum, forever());
    expect(first).toMatchObject({ sampleRate: 16_000, engine: 'espeak' });
    await expect(line.say(hum, forever())).rejects.toMatchObject(full);
  });

  it('counts those that have not begun to speak', async () => {
    const line = createSayLine({ places: () => 1 });
    void line.say(() => new Promise(() => {}), forever());
    await expect(line.say(hum, forever())).rejects.toMatchObject(full);
  });

  it('has the place again once: after the end, after a break, after an abort, after a failure', async () => {
    const line = createSayLine({ places: () => 1 });
    expect(await listen(await line.say(shortly, forever()))).toBe(1);
    for await (const _ of (await line.say(hum, forever())).pcm) break;
    const client = new AbortController();
    for await (const _ of (await line.say(hum, client.signal)).pcm) {
      client.abort();
      break;
    }
    const left = new AbortController();
    await line.say(hum, left.signal);
    left.abort();
    const failure = new SoyleError('speech_failed');
    await expect(line.say(() => Promise.reject(failure), forever())).rejects.toBe(failure);
    await expect(line.say(hum, AbortSignal.abort(failure))).rejects.toBe(failure);

    await line.say(hum, forever());
    await expect(line.say(hum, forever())).rejects.toMatchObject(full);
  });

  it('leaves nothing behind on signals that outlive the sound', async () => {
    const line = createSayLine({ places: () => 1 });
    const listening = new Map<unknown, number>();
    const count = (by: number) =>
      function (this: AbortSignal, ...[type, listener]: Parameters<AbortSignal['addEventListener']>) {
        if (type === 'abort') listening.set(listener, (listening.get(listener) ?? 0) + by);
      };
    const added = vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(count(1));
    const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener').mockImplementation(count(-1));
    onTestFinished(() => {
      added.mockRestore();
      removed.mockRestore();
    });
    await listen(await line.say(shortly, forever()));
    expect([...listening.values()]).toEqual([0]);
  });

  it('tells those that speak, and those that would, that it is closed', async () => {
    const line = createSayLine({ places: () => 2 });
    const stopping = { code: 'stopping' };
    const speaking = listen(await line.say(hum, forever()));
    const beginning = line.say(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      forever(),
    );
    line.close();
    await expect(speaking).rejects.toMatchObject(stopping);
    await expect(beginning).rejects.toMatchObject(stopping);
    await expect(line.say(hum, forever())).rejects.toMatchObject(stopping);
  });
});
