import { SoyleError } from '../errors.ts';
import type { SaidStream, SayRequest } from '../jobs/job.ts';
import type { SoundFormat } from '../types.ts';
import { aheadOf, Room } from './ahead.ts';
import type { AppContext, AppDeps, Voices } from './deps.ts';
import { reportError } from './errors.ts';
import { checkSpeaker, clientGone } from './render-request.ts';
import { FACTOR } from './schemas.ts';

/** How speech is named on its way out. Opus and Vorbis share their container's name; samples need their rate told. */
export const SOUND_TYPES: Record<SoundFormat, string> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  pcm: 'audio/pcm; rate=24000; channels=1',
};

/** An answer is made so far ahead of its listener, bytes: some minutes of WAV, a quarter of an hour of MP3. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** All of them together. */
const ROOM = new Room(64 * 1024 * 1024);
/** Players that have enough take nothing for a minute or so; one that takes nothing for this long plays no more. */
const STALL_MS = 120_000;

/** Speech that has begun, for a client that may leave. */
export interface Begun {
  said: SaidStream;
  client: AbortController;
}

/** The voices, or `loading` while there are none yet. */
export function voicesOf({ voices }: AppDeps): Voices {
  const found = voices();
  if (!found) throw new SoyleError('loading');
  return found;
}

/** A pace that other protocols let go further than voices do, and what to warn of where it is brought into their range. */
export function paceOf(speed = 1): { rate: number; warnings: string[] } {
  const rate = Math.min(FACTOR.max, Math.max(FACTOR.min, speed));
  return { rate, warnings: rate === speed ? [] : ['rate_limited'] };
}

/**
 * Begins to speak; who does, and what went unheeded, is told in headers. `warnings` are those known before, `unasked`
 * those of wishes that are ours and not the client's.
 */
export async function beginSpeech(
  c: AppContext,
  deps: AppDeps,
  request: SayRequest,
  { warnings = [], unasked = [] }: { warnings?: readonly string[]; unasked?: readonly string[] } = {},
): Promise<Begun> {
  const client = clientGone(c);
  const voices = voicesOf(deps);
  await checkSpeaker(voices, request);
  const said = await voices.stream(request, client.signal);
  const heard = (said.warnings ?? []).filter((warning) => !unasked.includes(warning));
  const all = [...new Set([...warnings, ...heard])];
  if (said.engine !== undefined) c.header('X-Speech-Engine', said.engine);
  if (said.degraded) c.header('X-Speech-Degraded', 'true');
  if (all.length > 0) c.header('X-Speech-Warnings', all.join(', '));
  c.header('Cache-Control', 'no-store');
  // Pages of other sites may play what a GET says.
  c.header('Cross-Origin-Resource-Policy', 'cross-origin');
  return { said, client };
}

/** The whole speech as one file. */
export async function speechFile(deps: AppDeps, { said, client }: Begun, format: SoundFormat) {
  try {
    return await deps.sound.file(said, format, client.signal);
  } finally {
    client.abort(new SoyleError('aborted'));
  }
}

/**
 * The speech's bytes while it is being spoken, ahead of the listener: the voice is free for others when the text has been
 * said, not when it has been heard. However the loop ends, nobody goes on speaking to an empty room.
 */
export function speechBytes(deps: AppDeps, { said, client }: Begun, format: SoundFormat): AsyncGenerator<Bytes> {
  return aheadOf(deps.sound.stream(said, format, client.signal), {
    ...{ room: ROOM, window: WINDOW_BYTES, stallMs: STALL_MS },
    end: () => client.abort(new SoyleError('aborted')),
  });
}

export async function answerFile(c: AppContext, deps: AppDeps, begun: Begun, format: SoundFormat) {
  const file = await speechFile(deps, begun, format);
  return c.body(file, 200, { 'Content-Type': SOUND_TYPES[format], 'Content-Length': String(file.length) });
}

/** Speech while it is being spoken. A failure before the first byte is an error answer, one after it cuts the answer off. */
export async function answerStream(c: AppContext, deps: AppDeps, begun: Begun, format: SoundFormat) {
  const bytes = speechBytes(deps, begun, format);
  const first = await bytes.next();
  c.header('X-Accel-Buffering', 'no');
  const body = bodyOf(first, bytes, {
    onLeave: () => begun.client.abort(new SoyleError('aborted')),
    onError: (thrown) => reportError(c, deps.log, thrown),
  });
  return c.body(body, 200, { 'Content-Type': SOUND_TYPES[format] });
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A body of bytes that are asked for as they are read. */
function bodyOf(
  first: IteratorResult<Bytes, void>,
  rest: AsyncGenerator<Bytes>,
  { onLeave, onError }: { onLeave(): void; onError(thrown: unknown): void },
): ReadableStream<Bytes> {
  let next: Promise<IteratorResult<Bytes, void>> | undefined = Promise.resolve(first);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = await (next ?? rest.next());
          next = undefined;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          onError(error);
          controller.error(error);
        }
      },
      async cancel() {
        onLeave();
        await rest.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
