import { describe, expect, it } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { silentLog } from '../log.ts';
import { GuardedEngine } from './guard.ts';
import { RemoteFault } from './remote-fault.ts';
import type { SpeechRequest, SpeechStream } from './speech.ts';

const unaborted = () => new AbortController().signal;
const request: SpeechRequest = { text: 'раз', language: 'ru' };
const guard = (engine: FakeEngine, more = {}) =>
  new GuardedEngine(engine, { concurrency: 2, timeoutMs: 5000, firstDelayMs: 1, log: silentLog, ...more });
const ticks = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

describe('GuardedEngine', () => {
  it('asks for no more than so many utterances at a time, in the order of asking', async () => {
    const finish: (() => void)[] = [];
    const engine = new FakeEngine(
      'slow',
      () => new Promise((resolve) => finish.push(() => resolve({ pcm: new Int16Array(1) }))),
    );
    const guarded = guard(engine);
    const speaking = ['a', 'b', 'c'].map((text) => guarded.speak({ ...request, text }, unaborted()));
    await ticks();
    expect(engine.asked.map(({ text }) => text)).toEqual(['a', 'b']);
    finish.shift()!();
    await ticks();
    expect(engine.asked.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    for (const end of finish) end();
    expect(await Promise.all(speaking)).toHaveLength(3);
  });

  it('drops whoever leaves while waiting', async () => {
    const engine = new FakeEngine(
      'hanging',
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const guarded = guard(engine, { concurrency: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const speaking = [first, second].map(({ signal }) =>
      guarded.speak(request, signal).catch((error: unknown) => error),
    );
    await ticks();
    const [why, whyToo] = [new Error('left'), new Error('left too')];
    second.abort(whyToo);
    first.abort(why);
    expect(await Promise.all(speaking)).toEqual([why, whyToo]);
    expect(engine.asked).toHaveLength(1);
  });

  it('repeats what may pass', async () => {
    let outages = 2;
    const engine = new FakeEngine('shaky', () => {
      if (outages-- > 0) throw new RemoteFault('busy', { retryable: true });
      return { pcm: new Int16Array(3) };
    });
    expect((await guard(engine).speak(request, unaborted())).pcm).toHaveLength(3);
    expect(engine.asked).toHaveLength(3);
  });

  it('keeps a turn for a stream until it is read, left or aborted', async () => {
    const guarded = guard(new FakeEngine('local'), { concurrency: 1 });
    const drained = async ({ pcm }: SpeechStream) => {
      for await (const piece of pcm) expect(piece).toHaveLength(3);
    };
    const left = async ({ pcm }: SpeechStream) => {
      for await (const _ of pcm) break;
    };
    const leaving = new AbortController();
    const aborted = async (_: SpeechStream) => leaving.abort(new Error('left'));
    for (const end of [drained, left, aborted]) {
      const stream = await guarded.stream(request, end === aborted ? leaving.signal : unaborted());
      let next = false;
      const waiting = guarded.speak(request, unaborted()).then(() => {
        next = true;
      });
      await ticks();
      expect(next).toBe(false);
      await end(stream);
      await waiting;
    }
  });
});
