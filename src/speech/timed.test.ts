import { expect, it } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { silentLog } from '../log.ts';
import { TimedEngine } from './timed.ts';

const signal = new AbortController().signal;
const words = [
  { text: 'раз', textOffset: 0, startMs: 0, endMs: 100 },
  { text: 'два', textOffset: 4, startMs: 100, endMs: 200 },
];
const loud = (samples: number) => new Int16Array(samples).fill(5000);
const request = { text: 'раз два', language: 'ru', voice: 'irina', rate: 2 } as const;

it('times an engine’s words by another’s proportions', async () => {
  const guide = new FakeEngine('guide', () => ({ pcm: loud(3200), words }));
  const engine = new TimedEngine(new FakeEngine('voice', () => ({ pcm: loud(16_000) })), guide, silentLog);
  expect(engine.facts.wordTimings).toBe(true);
  expect((await engine.speak(request, signal)).words).toMatchObject([
    { text: 'раз', startMs: 0, endMs: 500 },
    { text: 'два', startMs: 500, endMs: 1000 },
  ]);
  expect(guide.asked).toEqual([{ text: 'раз два', language: 'ru' }]);
});

it('leaves the times of one that knows them alone, and silence without any', async () => {
  const guide = new FakeEngine('guide');
  const knowing = new TimedEngine(new FakeEngine('voice', () => ({ pcm: loud(100), words })), guide, silentLog);
  expect((await knowing.speak(request, signal)).words).toBe(words);
  const silent = new TimedEngine(new FakeEngine('voice', () => ({ pcm: loud(0) })), guide, silentLog);
  expect((await silent.speak(request, signal)).words).toBeUndefined();
  expect(guide.asked).toEqual([]);
});

it('speaks without times when the guide fails, and not at all when the client has left', async () => {
  const client = new AbortController();
  const guide = new FakeEngine('guide', () => Promise.reject(new Error('no')));
  const engine = new TimedEngine(new FakeEngine('voice', () => ({ pcm: loud(100) })), guide, silentLog);
  expect(await engine.speak(request, client.signal)).toEqual({ pcm: loud(100) });
  guide.answer = () => {
    client.abort(new Error('left'));
    throw client.signal.reason;
  };
  await expect(engine.speak(request, client.signal)).rejects.toThrow('left');
});
