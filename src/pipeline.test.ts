import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  type FakeStudio,
  fakeSpeech,
  fakeStudio,
  gate,
  poses,
  untilAborted,
  WORD_FRAMES,
} from '../test/fixtures/studio.ts';
import { parseWav } from './audio/wav.ts';
import { type ErrorCode, SoyleError } from './errors.ts';
import { planChunks, renderStream, renderWhole } from './pipeline.ts';
import type { BrokenChunk } from './render.ts';
import { type Chunk, FRAME_MS } from './types.ts';

const forever = new AbortController().signal;
const plan = (text: string, chunkSize = 1) => planChunks({ text, kind: 'chunks', chunkSize, split: 'words' });
const stream = (studio: FakeStudio, text = 'раз два три', signal = forever) =>
  renderStream({ texts: plan(text), language: 'ru' }, studio, signal);

async function collect(chunks: AsyncIterable<Chunk | BrokenChunk>): Promise<(Chunk | BrokenChunk)[]> {
  const seen: (Chunk | BrokenChunk)[] = [];
  for await (const chunk of chunks) seen.push(chunk);
  return seen;
}

const isWhole = (chunk: Chunk | BrokenChunk): chunk is Chunk => !('error' in chunk);
const namesOf = (chunks: (Chunk | BrokenChunk)[]) =>
  chunks.filter(isWhole).flatMap(({ videoPath, audioPath }) => [basename(videoPath), basename(audioPath)]);
const breakAt = (at: string, error: unknown) => (text: string) => {
  if (text === at) throw error;
};

describe('renderStream', () => {
  it('speaks the next text while one is rendered, and no further', async () => {
    const studio = await fakeStudio();
    const first = gate();
    studio.steps.encode = (run) => (run === 0 ? first.opened : undefined);
    const done = collect(stream(studio));
    await vi.waitFor(() => expect(studio.log).toEqual(expect.arrayContaining(['spoken два', 'encode 0'])));
    expect(studio.log).not.toContain('encoded 0');
    first.open();
    expect((await done).map(({ index, text, offset }) => [index, text, offset])).toEqual([
      [0, 'раз', 0],
      [1, 'два', 4],
      [2, 'три', 8],
    ]);
    expect(studio.log.indexOf('speak три')).toBeGreaterThan(studio.log.indexOf('encoded 0'));
  });

  it('takes a turn for every chunk, and none while it waits for the voice', async () => {
    const studio = await fakeStudio();
    const voice = gate();
    studio.steps.speak = (text) => (text === 'два' ? voice.opened : undefined);
    const chunks = stream(studio);
    await chunks.next();
    const second = chunks.next();
    voice.open();
    await second;
    await collect(chunks);
    const steps = studio.log.filter((step) => !/три|encoded/.test(step));
    expect(steps).toEqual([
      ...['speak раз', 'spoken раз', 'turn', 'speak два', 'encode 0'],
      ...['spoken два', 'turn', 'encode 1'],
      ...['turn', 'encode 2'],
    ]);
  });

  const late = new SoyleError('speech_timeout');
  it.each<[string, (studio: FakeStudio) => void, ErrorCode]>([
    ['the voice', ({ steps }) => Object.assign(steps, { speak: breakAt('два', new Error('no')) }), 'speech_failed'],
    ['the voice’s deadline', ({ steps }) => Object.assign(steps, { speak: breakAt('два', late) }), 'speech_timeout'],
    [
      'the lips model',
      ({ steps }) => {
        let batch = 0;
        steps.lips = () => {
          if (batch++ === 1) throw new SoyleError('lipsync_failed');
        };
      },
      'lipsync_failed',
    ],
    [
      'the encoder',
      ({ steps }) => {
        steps.encode = (run) => {
          if (run === 1) throw new SoyleError('encode_failed');
        };
      },
      'encode_failed',
    ],
  ])('a chunk broken by %s leaves the others standing', async (_, sabotage, code) => {
    const studio = await fakeStudio();
    sabotage(studio);
    const chunks = await collect(stream(studio));
    expect(chunks).toMatchObject([
      { index: 0, frames: WORD_FRAMES },
      { index: 1, text: 'два', offset: 4, error: { code } },
      { index: 2, frames: WORD_FRAMES },
    ]);
    expect(await studio.files()).toEqual(namesOf(chunks).sort());
    // The avatar goes on where the last chunk that can be seen left it.
    const shown = await Promise.all(chunks.filter(isWhole).map(({ videoPath }) => poses(videoPath)));
    expect(shown).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('goes round the avatar’s loop from chunk to chunk', async () => {
    const chunks = await collect(stream(await fakeStudio()));
    const shown = await Promise.all(chunks.filter(isWhole).map(({ videoPath }) => poses(videoPath)));
    expect(shown.flat()).toEqual([0, 1, 2, 3, 4, 0]);
  });

  it('hands every chunk’s lips the intensity asked for, and none when none was', async () => {
    const studio = await fakeStudio();
    await collect(renderStream({ texts: plan('раз два'), language: 'ru', intensity: 1.3 }, studio, forever));
    await renderWhole({ text: 'три', language: 'ru', intensity: 0.7 }, studio, forever);
    await collect(stream(studio, 'раз'));
    expect(studio.intensities).toEqual([1.3, 1.3, 0.7, undefined]);
  });

  it('speaks with a voice of the avatar’s gender where none is named', async () => {
    const voices: string[] = [];
    const studio = await fakeStudio();
    studio.genderOf = (avatar) => (avatar === 'max' ? 'male' : undefined);
    studio.speech.voices = async () => [
      { id: 'woman', name: 'Woman', language: 'ru', gender: 'female' },
      { id: 'man', name: 'Man', language: 'ru', gender: 'male' },
    ];
    const { speak } = studio.speech;
    studio.speech.speak = (request, signal) => {
      voices.push(request.voice ?? 'default');
      return speak(request, signal);
    };
    const texts = plan('раз');
    for (const more of [{ avatar: 'max' }, {}, { avatar: 'max', voice: 'woman' }]) {
      await collect(renderStream({ texts, language: 'ru', ...more }, studio, forever));
    }
    expect(voices).toEqual(['man', 'default', 'woman']);
  });

  it('ends at once without texts', async () => {
    const studio = await fakeStudio();
    expect(await collect(stream(studio, ' \n'))).toEqual([]);
    expect(studio.log).toEqual([]);
  });
});

describe('the scene of renderStream', () => {
  const looked = (studio: FakeStudio, more: Partial<Parameters<typeof renderStream>[0]>) =>
    renderStream({ texts: plan('раз два'), language: 'ru', ...more }, studio, forever);

  it('goes on from chunk to chunk, and from stream to stream, where the last one ended', async () => {
    const studio = await fakeStudio();
    const first = await collect(looked(studio, { pose: 3 }));
    expect(first.map((chunk) => ('error' in chunk ? chunk.error : chunk.endPose))).toEqual([0, 2]);
    const [chunk] = await collect(looked(studio, { pose: 2 }));
    expect(await poses((chunk as Chunk).videoPath)).toEqual([2, 3]);
  });

  it('is one still frame when that is asked', async () => {
    const studio = await fakeStudio();
    const chunks = await collect(looked(studio, { look: { staticMode: true }, pose: 3 }));
    for (const chunk of chunks) expect(await poses((chunk as Chunk).videoPath)).toEqual([0, 0]);
  });

  it('is let go at the end, after an abort and when it cannot be shown as asked', async () => {
    const studio = await fakeStudio();
    await collect(looked(studio, {}));
    for await (const _ of looked(studio, {})) break;
    const impossible = collect(looked(studio, { look: { background: 'transparent' } }));
    await expect(impossible).rejects.toMatchObject({ code: 'matte_missing' });
    expect(studio.held).toEqual({ stages: 0 });
  });

  it('throws when there is no such model', async () => {
    const studio = await fakeStudio();
    const unknown = collect(looked(studio, { look: { model: 'gan' } }));
    await expect(unknown).rejects.toMatchObject({ code: 'model_unknown', params: { known: 'fake' } });
    expect(await studio.files()).toEqual([]);
  });
});

describe('an abort of renderStream', () => {
  const reason = new Error('client left');
  const pointsOfTime: [string, (studio: FakeStudio, reached: () => void) => void][] = [
    [
      'while the first text is spoken',
      ({ steps }, reached) => {
        steps.speak = (_, signal) => {
          reached();
          return untilAborted(signal);
        };
      },
    ],
    [
      'while a chunk waits for its turn',
      (studio, reached) => {
        studio.turn = (_, signal) => {
          reached();
          return untilAborted(signal);
        };
      },
    ],
    [
      'while mouths are made',
      ({ steps }, reached) => {
        steps.lips = (signal) => {
          reached();
          return untilAborted(signal);
        };
      },
    ],
    [
      'while a chunk is encoded and the next one spoken',
      ({ steps }, reached) => {
        steps.speak = (text, signal) => (text === 'два' ? untilAborted(signal) : undefined);
        steps.encode = (_, signal) => {
          reached();
          return untilAborted(signal);
        };
      },
    ],
  ];

  // An error nobody awaits fails the whole run: Vitest reports unhandled rejections.
  it.each(pointsOfTime)('%s throws its reason, reaches every engine and leaves no file', async (_, hold) => {
    const studio = await fakeStudio();
    const client = new AbortController();
    const there = gate();
    hold(studio, there.open);
    const done = collect(stream(studio, 'раз два три', client.signal));
    const thrown = expect(done).rejects.toBe(reason);
    await there.opened;
    client.abort(reason);
    await thrown;
    expect(studio.signals.length).toBeGreaterThan(0);
    expect(studio.signals.every((signal) => signal.aborted)).toBe(true);
    expect(studio.log).not.toContain('speak три');
    expect(await studio.files()).toEqual([]);
  });

  it('before it begins throws its reason and speaks nothing', async () => {
    const studio = await fakeStudio();
    await expect(collect(stream(studio, 'раз два', AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect(studio.log).toEqual([]);
  });

  it('between two chunks leaves the consumer’s own files alone', async () => {
    const studio = await fakeStudio();
    const client = new AbortController();
    const chunks = stream(studio, 'раз два три', client.signal);
    const first = await chunks.next();
    client.abort(reason);
    await expect(chunks.next()).rejects.toBe(reason);
    expect(await studio.files()).toEqual(namesOf([first.value as Chunk]).sort());
  });
});

describe('leaving the loop of renderStream', () => {
  it('stops what is being spoken ahead and waits for its end', async () => {
    const studio = await fakeStudio();
    const [told, voice] = [gate(), gate()];
    studio.steps.speak = async (text, signal) => {
      if (text !== 'два') return;
      await untilAborted(signal).catch(() => told.open());
      await voice.opened;
      throw signal.reason;
    };
    const chunks = stream(studio);
    await chunks.next();
    let left = false;
    const leaving = chunks.return(undefined).then(() => {
      left = true;
    });
    await told.opened;
    await new Promise(setImmediate);
    expect(left).toBe(false);
    voice.open();
    await leaving;
    expect(studio.log).not.toContain('encode 1');
    expect(await studio.files()).toHaveLength(2);
  });
});

describe('renderWhole', () => {
  const word = (at: number) => `wal${String.fromCharCode(97 + (at % 26))}${at < 26 ? '' : 's'}`;
  const sentence = (words: number) => `${Array.from({ length: words }, (_, at) => word(at)).join(' ')}.`;
  /** Three pieces of at most 30 words, each ending with a sentence; white space around and between them. */
  const text = `  ${sentence(25)}\n\n${sentence(28)}   ${sentence(9)} `;
  const whole = (studio: FakeStudio, given = text, signal = forever) =>
    renderWhole({ text: given, language: 'en' }, studio, signal);
  const made = (chunk: Chunk | BrokenChunk): Chunk => {
    if ('error' in chunk) throw chunk.error;
    return chunk;
  };
  const soundOf = async (path: string) => [...parseWav(await readFile(path)).pcm];

  it('renders pieces in turns of their own and joins them in order', async () => {
    const studio = await fakeStudio();
    const chunk = made(await whole(studio));
    const frames = (25 + 28 + 9) * WORD_FRAMES;
    expect(chunk).toMatchObject({ index: 0, offset: 0, text, frames, durationMs: frames * FRAME_MS });
    expect(studio.log.filter((step) => /^(turn|encode|join)/.test(step))).toEqual([
      ...['turn', 'encode 0', 'encoded 0', 'turn', 'encode 1', 'encoded 1', 'turn', 'encode 2', 'encoded 2'],
      'join',
    ]);
    expect(studio.joined).toMatchObject([{ durationMs: frames * FRAME_MS, audioPath: chunk.audioPath }]);
    expect(studio.joined[0]!.videoPaths).toHaveLength(3);
    expect(await poses(chunk.videoPath)).toEqual(Array.from({ length: frames }, (_, frame) => frame % 5));
  });

  it('gives the sound of all pieces, sample by sample, and leaves two files', async () => {
    const studio = await fakeStudio();
    const chunk = made(await whole(studio));
    const parts = [25, 28, 9].map((words) => fakeSpeech(sentence(words)).pcm);
    expect(await soundOf(chunk.audioPath)).toEqual(parts.flatMap((pcm) => [...pcm]));
    expect(await studio.files()).toEqual(namesOf([chunk]).sort());
  });

  it('gives words whose times and places are those of the whole text', async () => {
    const { words, durationMs } = made(await whole(await fakeStudio()));
    expect(words.map((word) => word.text)).toEqual(text.trim().split(/\s+/));
    const wordMs = WORD_FRAMES * FRAME_MS;
    for (const [place, { text: word, startMs, endMs, textOffset }] of words.entries()) {
      expect(text.slice(textOffset, textOffset + word.length)).toBe(word);
      expect([startMs, endMs]).toEqual([place * wordMs, (place + 1) * wordMs]);
    }
    expect(words.at(-1)!.textOffset).toBe(text.lastIndexOf(word(8)));
    expect(words.at(-1)!.endMs).toBe(durationMs);
  });

  it('joins nothing when one piece is the whole', async () => {
    const studio = await fakeStudio();
    const chunk = made(await whole(studio, '  Hello there  '));
    expect(chunk).toMatchObject({ index: 0, offset: 0, text: '  Hello there  ', frames: 2 * WORD_FRAMES });
    expect(chunk.words.map((word) => word.textOffset)).toEqual([2, 8]);
    expect(studio.log).not.toContain('join');
    expect(await studio.files()).toEqual(namesOf([chunk]).sort());
  });

  it.each(['', ' \n\t', '… 🙂 !'])('makes the short silent chunk of %j', async (given) => {
    const studio = await fakeStudio();
    const chunk = made(await whole(studio, given));
    expect(chunk).toMatchObject({ index: 0, offset: 0, text: given, durationMs: 480, words: [] });
    expect(studio.log.filter((step) => step.startsWith('speak'))).toEqual([]);
    expect(await studio.files()).toHaveLength(2);
  });

  it('is broken by a broken piece, renders no further and leaves no file', async () => {
    const studio = await fakeStudio();
    studio.steps.encode = (run) => {
      if (run === 1) throw new SoyleError('encode_failed');
    };
    expect(await whole(studio)).toMatchObject({ index: 0, offset: 0, text, error: { code: 'encode_failed' } });
    expect(studio.log).not.toContain('encode 2');
    expect(studio.log).not.toContain('join');
    expect(await studio.files()).toEqual([]);
  });

  it('is broken when its pieces cannot be joined, and leaves no file', async () => {
    const studio = await fakeStudio();
    studio.steps.join = () => {
      throw new SoyleError('storage_full');
    };
    expect(await whole(studio)).toMatchObject({ index: 0, text, error: { code: 'storage_full' } });
    expect(await studio.files()).toEqual([]);
  });

  it.each<[string, (studio: FakeStudio, reached: () => void) => void]>([
    [
      'a later piece is encoded',
      ({ steps }, reached) => {
        steps.encode = (run, signal) => {
          if (run === 0) return;
          reached();
          return untilAborted(signal);
        };
      },
    ],
    [
      'pieces are joined',
      ({ steps }, reached) => {
        steps.join = (signal) => {
          reached();
          return untilAborted(signal);
        };
      },
    ],
  ])('throws the reason of an abort while %s, and leaves no file', async (_, hold) => {
    const studio = await fakeStudio();
    const client = new AbortController();
    const reason = new Error('client left');
    const there = gate();
    hold(studio, there.open);
    const thrown = expect(whole(studio, text, client.signal)).rejects.toBe(reason);
    await there.opened;
    client.abort(reason);
    await thrown;
    expect(studio.signals.every((signal) => signal.aborted)).toBe(true);
    expect(await studio.files()).toEqual([]);
  });
});
