import { describe, expect, test } from 'vitest';

/** The page's modules are plain JavaScript: what is tested of them is declared here. */
interface SseModule {
  SseParser: new () => { push(text: string): { event: string; data: string }[] };
  sseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }>;
}
interface Word {
  text: string;
  start: number;
  end: number;
  offset: number;
}
interface WordsModule {
  WordClock: new (words: Word[]) => { due(time: number): Word[] };
  wordPieces(text: string, words: Word[]): { text: string; offset?: number }[];
}
const web = async (name: string) => import(new URL(`../../web/${name}`, import.meta.url).href);
const { SseParser, sseEvents } = (await web('sse.js')) as SseModule;
const { WordClock, wordPieces } = (await web('words.js')) as WordsModule;

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
      const body = new ReadableStream<Uint8Array>({
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
    const body = new ReadableStream<Uint8Array>({
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
});
