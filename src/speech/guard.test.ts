import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { silentLog } from '../log.ts';
import { GuardedEngine } from './guard.ts';
import { RemoteFault } from './remote-fault.ts';
import type { SpeechRequest, SpeechStream, SpokenText } from './speech.ts';

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

  /** Streams what `pieces` yields; tells whether it has been left. */
  function streaming(pieces: (signal: AbortSignal) => AsyncGenerator<Int16Array>) {
    const engine = Object.assign(new FakeEngine('remote'), {
      async stream(asked: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
        engine.asked.push(asked);
        return { sampleRate: 16_000, pcm: pieces(signal) };
      },
    });
    return engine;
  }
  const heard = async ({ pcm }: SpeechStream) => {
    const samples: number[] = [];
    for await (const piece of pcm) samples.push(...piece);
    return samples;
  };
  const reasonOf = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });

  it('gives the turn on when the engine has finished, whoever is still listening', async () => {
    const guarded = guard(
      streaming(async function* () {
        for (const sample of [1, 2, 3]) yield Int16Array.of(sample);
      }),
      { concurrency: 1 },
    );
    const first = await guarded.stream(request, unaborted());
    const second = await guarded.stream(request, unaborted());
    expect(await heard(second)).toEqual([1, 2, 3]);
    expect(await heard(first)).toEqual([1, 2, 3]);
  });

  it('keeps a turn while the engine speaks, until it is left or aborted', async () => {
    const guarded = guard(
      streaming(async function* (signal) {
        yield Int16Array.of(1);
        await reasonOf(signal);
      }),
      { concurrency: 1 },
    );
    const leaving = new AbortController();
    const left = async ({ pcm }: SpeechStream) => {
      for await (const _ of pcm) break;
    };
    const aborted = async (stream: SpeechStream) => {
      leaving.abort(new Error('left'));
      await expect(heard(stream)).rejects.toThrow('left');
    };
    for (const end of [left, aborted]) {
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

  it('waits for a turn no longer than the deadline', async () => {
    const guarded = guard(new FakeEngine('hanging', (_, signal) => reasonOf(signal)), {
      concurrency: 1,
      timeoutMs: 20,
    });
    const leaving = new AbortController();
    const long = guarded.speak({ ...request, text: 'а'.repeat(1_000_000) }, leaving.signal);
    const late = await guarded.speak(request, unaborted()).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: 'speech_timeout', ofRequest: true });
    leaving.abort(new Error('left'));
    await expect(long).rejects.toThrow('left');
  });

  it('does not blame the engine for what had to wait too long', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const engine = new FakeEngine('slow', (_, signal) =>
      Promise.race([
        reasonOf(signal),
        new Promise<SpokenText>((resolve) => setTimeout(resolve, 80, { pcm: new Int16Array(1) })),
      ]),
    );
    const guarded = guard(engine, { concurrency: 1, timeoutMs: 100, failures: 1 });
    const code = (error: { code: string }) => error.code;
    const speaking = [1, 2].map(() => guarded.speak(request, unaborted()).then(() => 'spoken', code));
    await vi.advanceTimersByTimeAsync(200);
    expect(await Promise.all(speaking)).toEqual(['spoken', 'speech_timeout']);
    const next = guarded.speak(request, unaborted()).then(() => 'spoken', code);
    await vi.advanceTimersByTimeAsync(200);
    expect(await next).toBe('spoken');
  });

  it('takes a defect for a failure of the engine, before the first sound and after it', async () => {
    const defect = () => {
      throw new TypeError('Invalid URL');
    };
    const wrapped = { code: 'speech_failed', cause: { cause: { message: 'Invalid URL' } } };
    await expect(guard(new FakeEngine('odd', defect)).speak(request, unaborted())).rejects.toMatchObject(wrapped);
    const stream = await guard(
      streaming(async function* () {
        yield Int16Array.of(1);
        defect();
      }),
    ).stream(request, unaborted());
    await expect(heard(stream)).rejects.toMatchObject(wrapped);
  });

  it('leaves an engine alone whose sound breaks off again and again, not one whose listeners leave', async () => {
    const cut = streaming(async function* () {
      yield Int16Array.of(1);
      throw new RemoteFault('cut', { retryable: true });
    });
    const guarded = guard(cut, { failures: 3 });
    for (let i = 0; i < 6; i++) {
      await guarded.stream(request, unaborted()).then(heard).catch(String);
      await ticks();
    }
    expect(cut.asked).toHaveLength(3);
    const fine = streaming(async function* (signal) {
      yield Int16Array.of(1);
      await reasonOf(signal);
    });
    const steady = guard(fine, { failures: 3 });
    for (let i = 0; i < 6; i++) {
      for await (const _ of (await steady.stream(request, unaborted())).pcm) break;
    }
    expect(fine.asked).toHaveLength(6);
  });

  /** A server that sends 1 ms of sound, and then 0.1 ms every second. */
  const dripping = () =>
    streaming(async function* (signal) {
      yield new Int16Array(16).fill(1000);
      for (;;) {
        await Promise.race([reasonOf(signal), new Promise((resolve) => setTimeout(resolve, 1000))]);
        yield new Int16Array(1);
      }
    });
  const late = { code: 'speech_timeout', retryable: true };

  it('breaks off a sound that only drips, and blames the engine', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const engine = dripping();
    const guarded = guard(engine, { failures: 1, concurrency: 1 });
    const failed = guarded
      .stream(request, unaborted())
      .then(heard)
      .catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await failed).toMatchObject(late);
    await expect(guarded.stream(request, unaborted())).rejects.toMatchObject({ code: 'speech_failed' });
    expect(engine.asked).toHaveLength(1);
  });

  it('has a whole sound made within the deadline, and made again when it breaks', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const whole = { ...request, whole: true };
    const failed = guard(dripping())
      .stream(whole, unaborted())
      .catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await failed).toMatchObject({ ...late, ofRequest: false });
    let breaks = 1;
    const shaky = streaming(async function* () {
      yield Int16Array.of(1);
      if (breaks-- > 0) throw new RemoteFault('cut', { retryable: true });
      yield Int16Array.of(2);
    });
    const stream = guard(shaky).stream(whole, unaborted());
    await vi.advanceTimersByTimeAsync(100);
    expect(await heard(await stream)).toEqual([1, 2]);
  });

  it('takes no list of voices for a sign of health or of illness', async () => {
    const engine = new FakeEngine('mute', () => {
      throw new RemoteFault('down', { retryable: false });
    });
    const guarded = guard(engine, { failures: 2 });
    const fail = () => guarded.speak(request, unaborted()).catch(String);
    engine.voices = () => Promise.reject(new RemoteFault('down', { retryable: false }));
    for (let i = 0; i < 3; i++) await guarded.voices().catch(String);
    await fail();
    expect(engine.asked).toHaveLength(1);
    engine.voices = async () => [];
    await guarded.voices();
    for (let i = 0; i < 3; i++) await fail();
    expect(engine.asked).toHaveLength(2);
  });

  it('waits long for a server only where nobody else can speak', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const busy = () => {
      let outages = 1;
      return new FakeEngine('busy', () => {
        if (outages-- > 0) throw new RemoteFault('busy', { retryable: true, retryAfterMs: 3000 });
        return { pcm: new Int16Array(3) };
      });
    };
    await expect(guard(busy()).speak(request, unaborted())).rejects.toMatchObject({ retryAfterMs: 3000 });
    const waiting = guard(busy()).speak({ ...request, last: true }, unaborted());
    await vi.advanceTimersByTimeAsync(3000);
    expect((await waiting).pcm).toHaveLength(3);
  });
});
