import { getEventListeners } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { silentLog } from '../log.ts';
import type { SpeechRequest, SpokenText } from './speech.ts';
import { SpeechSwitch } from './switch.ts';

const signal = new AbortController().signal;
const request = { text: 'раз', language: 'ru' } as const;

/** Voices that count how often they are closed, and can be kept from starting and answering. */
class Chain extends FakeEngine {
  closes = 0;
  override async close(): Promise<void> {
    this.closes++;
    await super.close();
  }
}

function house(id: string) {
  const chain = new Chain(id);
  return { chain, engines: [chain] };
}

const switched = (to: ReturnType<typeof house>) => new SpeechSwitch(to, silentLog);

/** An answer that waits until it is let go. */
function held() {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const answer = async ({ text }: SpeechRequest): Promise<SpokenText> => {
    await gone;
    return { pcm: new Int16Array(text.length) };
  };
  return { go, gone, answer };
}

it('gives what comes to the new voices and closes the old ones once, after the last of several requests', async () => {
  const [old, next] = [house('old'), house('next')];
  const waits = [held(), held()];
  const voices = switched(old);
  const speaking = waits.map(({ answer }) => {
    old.chain.answer = async (asked) => ({ ...(await answer(asked)), engine: 'old' });
    return voices.speak(request, signal);
  });
  await voices.exchange(next);
  expect(voices.engines).toEqual([next.chain]);
  await voices.speak(request, signal);
  expect([old.chain.asked.length, next.chain.asked.length]).toEqual([2, 1]);
  for (const [index, { go }] of waits.entries()) {
    expect(old.chain.closes).toBe(0);
    go();
    expect(await speaking[index]).toMatchObject({ engine: 'old', pcm: new Int16Array(3) });
  }
  expect([old.chain.closes, next.chain.closes]).toEqual([1, 0]);
  await voices.close();
  expect([old.chain.closes, next.chain.closes]).toEqual([1, 1]);
});

it('leaves a request of several utterances the voices that it began with', async () => {
  const [old, next] = [house('old'), house('next')];
  const voices = switched(old);
  const { engine, release } = voices.hold();
  await engine.speak(request, signal);
  await voices.exchange(next);
  await engine.speak(request, signal);
  expect([old.chain.asked.length, next.chain.asked.length, old.chain.closes]).toEqual([2, 0, 0]);
  release();
  release();
  expect(old.chain.closes).toBe(1);
});

it.each(['to its end', 'in part', 'not at all', 'until it breaks'])('closes after a stream heard %s', async (how) => {
  const old = house('old');
  const voices = switched(old);
  const client = new AbortController();
  if (how === 'until it breaks') {
    Object.assign(old.chain, {
      stream: async () => ({
        sampleRate: 16_000,
        pcm: (async function* () {
          yield new Int16Array(3);
          throw new Error('broke off');
        })(),
      }),
    });
  }
  const { pcm } = await voices.stream(request, client.signal);
  await voices.exchange(house('next'));
  expect(old.chain.closes).toBe(0);
  const heard = async () => {
    for await (const piece of pcm) {
      expect(piece).toHaveLength(3);
      if (how === 'in part') break;
    }
  };
  if (how === 'not at all') await pcm[Symbol.asyncIterator]().return?.();
  else if (how === 'until it breaks') await expect(heard()).rejects.toThrow('broke off');
  else await heard();
  expect(old.chain.closes).toBe(1);
  expect(getEventListeners(client.signal, 'abort')).toEqual([]);
});

it('closes idle voices at once, and those whose client left, be it while the stream was opened', async () => {
  const [idle, busy, opening] = [house('idle'), house('busy'), house('opening')];
  const voices = switched(idle);
  await voices.exchange(busy);
  expect(idle.chain.closes).toBe(1);
  const client = new AbortController();
  await voices.stream(request, client.signal);
  await voices.exchange(opening);
  expect(busy.chain.closes).toBe(0);
  client.abort(new Error('left'));
  expect(busy.chain.closes).toBe(1);

  const wait = held();
  opening.chain.answer = wait.answer;
  const hasty = new AbortController();
  const stream = voices.stream(request, hasty.signal);
  await voices.exchange(house('next'));
  hasty.abort(new Error('left'));
  wait.go();
  await stream;
  expect(opening.chain.closes).toBe(1);
});

it('leaves the old voices working and the new ones closed when these do not start', async () => {
  const [old, next] = [house('old'), house('next')];
  next.chain.starts = () => Promise.reject(new Error('no server'));
  const voices = switched(old);
  await expect(voices.exchange(next)).rejects.toThrow('no server');
  expect(voices.engines).toEqual([old.chain]);
  expect((await voices.speak(request, signal)).pcm).toHaveLength(3);
  expect([old.chain.closes, next.chain.closes]).toEqual([0, 1]);
});

it('keeps the new voices when the old ones cannot be closed', async () => {
  const [old, next] = [house('old'), house('next')];
  old.chain.close = () => Promise.reject(new Error('stuck'));
  const voices = switched(old);
  await voices.exchange(next);
  expect(voices.engines).toEqual([next.chain]);
  expect(next.chain.closes).toBe(0);
});

it('closes both when it is closed during a switch, and what comes later', async () => {
  const [busy, next, late] = [house('busy'), house('next'), house('late')];
  const voices = switched(busy);
  const { release } = voices.hold();
  onTestFinished(release);
  const start = held();
  next.chain.starts = () => start.gone;
  const exchanging = expect(voices.exchange(next)).rejects.toMatchObject({ code: 'stopping' });
  await voices.close();
  expect([busy.chain.closes, next.chain.closes]).toEqual([1, 1]);
  start.go();
  await exchanging;
  await expect(voices.exchange(late)).rejects.toMatchObject({ code: 'stopping' });
  expect([busy.chain.closes, next.chain.closes, late.chain.closes]).toEqual([1, 1, 1]);
});

it('closes voices that are still busy with a request when it is closed after a switch', async () => {
  const [busy, next] = [house('busy'), house('next')];
  const voices = switched(busy);
  const { release } = voices.hold();
  await voices.exchange(next);
  await voices.close();
  expect([busy.chain.closes, next.chain.closes]).toEqual([1, 1]);
  release();
  expect(busy.chain.closes).toBe(1);
});

it('leaves no listener on the signal of a request of many utterances', async () => {
  const voices = switched(house('one'));
  const client = new AbortController();
  for (let utterance = 0; utterance < 30; utterance++) {
    const { pcm } = await voices.stream(request, client.signal);
    for await (const piece of pcm) expect(piece).toHaveLength(3);
  }
  expect(getEventListeners(client.signal, 'abort')).toEqual([]);
});
