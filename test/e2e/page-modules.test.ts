import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isVerdict } from '../../src/avatar/faults.ts';
import { ERRORS, type ErrorCode, SoyleError } from '../../src/errors.ts';
import { isRefused } from '../../web/avatar-client.js';
import { idOf } from '../../web/avatar-ids.js';
import { AvatarList } from '../../web/avatar-list.js';
import { describe as explain } from '../../web/board.js';
import { type Chunk, type SpeechEvent, streamChunks, type Word } from '../../web/client.js';
import { facePosition } from '../../web/gallery.js';
import { Speech } from '../../web/speech.js';
import { SseParser, sseEvents } from '../../web/sse.js';
import { codePoints, WordClock, wordPieces } from '../../web/words.js';

describe('a round picture of an avatar', () => {
  const face = (x: number, y: number) => ({ x: x - 50, y: y - 60, width: 100, height: 120 });

  test.each([
    ['the middle', { width: 1000, height: 600, face: face(500, 300) }, '50% 50%'],
    ['the right third', { width: 1000, height: 600, face: face(600, 300) }, '75% 50%'],
    ['the very left', { width: 1000, height: 600, face: face(60, 300) }, '0% 50%'],
    ['the top of a tall one', { width: 600, height: 1400, face: face(300, 500) }, '50% 25%'],
    ['a square one', { width: 600, height: 600, face: face(100, 100) }, '50% 50%'],
  ])('shows a face in %s', (_, avatar, position) => {
    expect(facePosition(avatar)).toBe(position);
  });

  test('is as the style sheet says where nothing is known of the face', () => {
    expect(facePosition({ width: 600, height: 400 })).toBe('');
  });
});

test('the page knows of what the server keeps no file', () => {
  const failed = {
    id: 'me',
    name: 'Me',
    kind: null,
    state: 'failed',
    progress: 0,
    default: false,
    bundled: false,
  } as const;
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    expect([code, isRefused({ ...failed, code })]).toEqual([code, isVerdict(new SoyleError(code))]);
  }
});

describe('server-sent events', () => {
  const STREAM =
    '\uFEFF: hello\r\nevent: start\r\ndata: {"text":"Сәлем 👋"}\r\n\r\n' +
    'data: one\rdata:two\rid: 7\r\r: heartbeat\n\nevent: done\ndata\n\nevent: lost\ndata: no blank line';
  const EVENTS = [
    { event: 'start', data: '{"text":"Сәлем 👋"}' },
    { event: 'message', data: 'one\ntwo' },
    { event: 'done', data: '' },
  ];

  test('are the same wherever the bytes are cut', async () => {
    const bytes = new TextEncoder().encode(STREAM);
    for (let size = 1; size <= bytes.length; size++) {
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const events = [];
      for await (const event of sseEvents(body)) events.push(event);
      expect(events).toEqual(EVENTS);
    }
  });

  test('come as soon as their blank line does', () => {
    const parser = new SseParser();
    expect(parser.push('data: 1\n')).toEqual([]);
    expect(parser.push('\ndata: 2')).toEqual([{ event: 'message', data: '1' }]);
    expect(parser.push('\r\n\r')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ event: 'message', data: '2' }]);
  });

  test('leaving the loop cancels the body', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: more\n\n')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const { data } of sseEvents(body)) {
      expect(data).toBe('more');
      break;
    }
    await expect.poll(() => cancelled).toBe(true);
  });
});

describe('the stream of chunks', () => {
  afterEach(() => void vi.unstubAllGlobals());

  test('is read to its end, which may come later than its last event', async () => {
    const told: string[] = [];
    let end = () => {};
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('event: done\ndata: {}\n\n'));
        end = () => controller.close();
      },
      cancel: () => void told.push('cancelled'),
    });
    vi.stubGlobal('fetch', async () => new Response(body));
    const request = { text: 'Сәлем!', language: 'kk', chunkSize: 15 };
    const options = { signal: new AbortController().signal, uiLanguage: 'kk' };
    const finished = streamChunks(new URL('http://localhost/'), request, options)
      .next()
      .then(() => told.push('finished'));
    // Streams do everything within one turn of the event loop.
    await setImmediate();
    expect(told).toEqual([]);
    end();
    await finished;
    expect(told).toEqual(['finished']);
  });
});

describe('the list of avatars', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** A list that was asked for, and what came of it. `answers`: of the server, one for each request. */
  function opened(...answers: (() => Promise<Response>)[]) {
    let asked = 0;
    vi.stubGlobal('fetch', () => answers[asked++]!());
    const told: string[] = [];
    const list = new AvatarList(new URL('http://localhost/'), {
      asking: () => ({ signal: new AbortController().signal, uiLanguage: 'en' }),
      onListing: ({ avatars }) => told.push(avatars.map(({ id }) => id).join()),
      onChange: () => {},
      onFault: () => told.push('fault'),
    });
    return { list, told, asked: () => asked };
  }
  const down = () => Promise.reject(new TypeError('down'));
  const holding = (id: string) => async () =>
    Response.json({ uploads: true, limits: {}, avatars: [{ id, state: 'ready' }] });

  test('is asked for by one patient reader, however often it is wanted while the server is down', async () => {
    vi.useFakeTimers();
    const { list, told, asked } = opened(down, down, holding('anna'));
    const all = [list.refresh(), list.refresh(), list.refresh()];
    await vi.advanceTimersByTimeAsync(100);
    all.push(list.refresh());
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(3_000);
    await Promise.all(all);
    expect([told, asked()]).toEqual([['fault', 'fault', 'anna'], 3]);
  });

  test('is not one that was read before it was wanted', async () => {
    let answer = (_: Response) => {};
    const slow = () => new Promise<Response>((resolve) => (answer = resolve));
    const { list, told } = opened(slow, holding('new'));
    const first = list.refresh();
    const second = list.refresh();
    answer(await holding('old')());
    await Promise.all([first, second]);
    expect(told).toEqual(['new']);
  });
});

describe('words', () => {
  const word = (text: string, offset: number, start: number): Word => ({ text, offset, start, end: start + 0.1 });

  test('are due once each and in order, however rarely one asks', () => {
    const clock = new WordClock([word('c', 4, 0.9), word('a', 0, 0), word('b', 2, 0.5)]);
    const due = (time: number) => clock.due(time).map(({ text }) => text);
    expect([due(0), due(0), due(0.49), due(0.95), due(Infinity)]).toEqual([['a'], [], [], ['b', 'c'], []]);
  });

  test('cut a text without losing any of it, closing punctuation with its word', () => {
    const text = '«Ал 1999 жыл?» — деді.';
    // The voice told the year as two words.
    const words = [
      word('Ал', 1, 0),
      word('1999', 4, 0.2),
      word('1999', 4, 0.4),
      word('жыл', 9, 1),
      word('деді', 17, 2),
    ];
    const pieces = wordPieces(text, words);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.filter(({ offset }) => offset !== undefined)).toEqual([
      { text: 'Ал', offset: 1 },
      { text: '1999', offset: 4 },
      { text: 'жыл?»', offset: 9 },
      { text: 'деді.', offset: 17 },
    ]);
    expect(wordPieces('…', [])).toEqual([{ text: '…' }]);
  });

  test('are measured as the server does, in code points', () => {
    expect(['', 'Сәлем', '👋👋', '👨‍👩‍👧'].map(codePoints)).toEqual([0, 5, 2, 5]);
  });
});

test('an id is made of a name in any of the languages, and is one that nobody has', () => {
  const id = (name: string, ...taken: string[]) => idOf(name, new Set(taken));
  expect(id('Айгүл Әбдіқызы')).toBe('aigul-abdiqyzy');
  expect(id(' Щукина Ёлка, №2! ')).toBe('shukina-elka-2');
  expect(id('Söyle')).toBe('soyle');
  expect(id('Anna', 'anna', 'anna-2')).toBe('anna-3');
  expect(id('山田')).toBe('');
  expect(id(`${'a'.repeat(60)} b c`, 'x')).toMatch(/^[a-z0-9][a-z0-9_-]{0,63}$/);
});

test('a problem is told by its code, or in the words of the server, in whatever language is chosen later', () => {
  const params = { message: 'words', limit: 9, seconds: 5 };
  expect([
    explain({ code: 'queue_full', message: 'words', retryAfterSeconds: 7 }, 9),
    explain({ code: 'strange', message: 'words' }, 9),
    explain({ code: 'media', message: 'words', index: 1 }, 9),
    explain({ code: 'strange', message: 'words', index: 1 }, 9),
  ]).toEqual([
    { key: 'error.queue_full', params: { ...params, seconds: 7 } },
    { key: 'error.other', params },
    { key: 'error.chunk', params: { n: 2, message: 'words' }, cause: { key: 'error.media', params } },
    { key: 'error.chunk', params: { n: 2, message: 'words' } },
  ]);
});

describe('a speech', () => {
  /** A stage that plays every clip at once, but for the one that is broken. */
  class FakeStage {
    poses: number[] = [];
    rests = 0;
    #prepared = '';
    async prepare(url: string) {
      this.#prepared = url;
    }
    async start(pose: number) {
      if (this.#prepared === 'broken') throw new Error('no video');
      this.poses.push(pose);
    }
    async finish(onTime: (seconds: number) => void) {
      onTime(Number.POSITIVE_INFINITY);
    }
    async rest() {
      this.rests++;
    }
  }
  const chunk = (index: number, duration: number, videoUrl = `clip ${index}`): SpeechEvent => {
    const made: Chunk = { index, duration, videoUrl, text: '', audioUrl: '', words: [] };
    return { type: 'chunk', chunk: made };
  };
  const failed: SpeechEvent = {
    type: 'failed',
    chunk: { index: 1, text: '', error: 'no voice', code: 'speech_failed' },
  };

  test("begins each chunk in the server's pose, skipped ones counted, failed ones not", async () => {
    const stage = new FakeStage();
    async function* events() {
      yield* [chunk(0, 2), failed, chunk(2, 1.2, 'broken'), chunk(3, 3), chunk(4, 1)];
    }
    const told: string[] = [];
    const tell = (type: string, detail: unknown) => {
      if (type === 'error') told.push(`${(detail as { code: string; index?: number }).code}`);
    };
    const spoken = await new Speech(stage, tell, new AbortController().signal).run(events());
    expect(stage.poses).toEqual([0, 2 + 1.2, 2 + 1.2 + 3]);
    expect(spoken).toEqual({ completed: true, played: 3, failed: 2 });
    expect(told.sort()).toEqual(['media', 'speech_failed']);
    expect(stage.rests).toBe(1);
  });

  test('plays what it has when the server fails, rests, and tells why', async () => {
    const stage = new FakeStage();
    async function* events() {
      yield chunk(0, 2);
      throw new Error('broken off');
    }
    const speech = new Speech(stage, () => {}, new AbortController().signal);
    await expect(speech.run(events())).rejects.toThrow('broken off');
    expect([stage.poses, stage.rests]).toEqual([[0], 1]);
  });
});
