import { expect, it } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { SpeechSwitch } from './switch.ts';

const signal = new AbortController().signal;
const request = { text: 'раз', language: 'ru' } as const;

function house(id: string) {
  const chain = new FakeEngine(id);
  return { chain, engines: [chain] };
}

it('gives what comes to the new voices and closes the old ones when they have finished', async () => {
  const [old, next] = [house('old'), house('next')];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  old.chain.answer = async () => {
    await finished;
    return { pcm: new Int16Array(1), engine: 'old' };
  };
  const voices = new SpeechSwitch(old);
  const speaking = voices.speak(request, signal);
  await voices.exchange(next);
  expect(voices.engines).toEqual([next.chain]);
  await voices.speak(request, signal);
  expect([next.chain.asked.length, old.chain.closed]).toEqual([1, false]);
  finish();
  expect(await speaking).toMatchObject({ engine: 'old' });
  expect([old.chain.closed, next.chain.closed]).toEqual([true, false]);
});

it('lets a stream be heard to its end, or left', async () => {
  for (const leave of [false, true]) {
    const old = house('old');
    const voices = new SpeechSwitch(old);
    const { pcm } = await voices.stream(request, signal);
    await voices.exchange(house('next'));
    expect(old.chain.closed).toBe(false);
    for await (const piece of pcm) {
      expect(piece).toHaveLength(3);
      if (leave) break;
    }
    expect(old.chain.closed).toBe(true);
  }
});

it('closes idle voices at once, and those whose client left', async () => {
  const [idle, busy] = [house('idle'), house('busy')];
  const voices = new SpeechSwitch(idle);
  await voices.exchange(busy);
  expect(idle.chain.closed).toBe(true);
  const client = new AbortController();
  await voices.stream(request, client.signal);
  await voices.exchange(house('next'));
  expect(busy.chain.closed).toBe(false);
  client.abort(new Error('left'));
  expect(busy.chain.closed).toBe(true);
});
