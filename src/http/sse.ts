import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { AppContext } from './deps.ts';

export interface ServerEvent {
  event: string;
  /** Anything JSON can hold. */
  data: unknown;
}

export interface EventStreamOptions {
  heartbeatMs: number;
  /** Called when the client has left. */
  onLeave(): void;
  /** The last event of a stream that broke. */
  onError(thrown: unknown): ServerEvent;
}

const HEARTBEAT = ': heartbeat\n\n';

/**
 * Sends `events` as a `text/event-stream`. The status line waits for the first event, so that a refusal before it is
 * an ordinary error answer (this rejects); only when that takes longer than a heartbeat does the stream open, because
 * a job waiting in line must not look like a dead connection.
 */
export async function answerEvents(
  c: AppContext,
  events: AsyncGenerator<ServerEvent>,
  { heartbeatMs, onLeave, onError }: EventStreamOptions,
): Promise<Response> {
  const first = events.next();
  await settledWithin(first, heartbeatMs);
  c.header('X-Accel-Buffering', 'no');

  return streamSSE(c, async (stream) => {
    stream.onAbort(onLeave);
    const heartbeat = setInterval(() => stream.write(HEARTBEAT), heartbeatMs);
    try {
      await forward(first, events, stream);
    } catch (thrown) {
      await send(stream, onError(thrown));
    } finally {
      clearInterval(heartbeat);
      await events.return(undefined);
    }
  });
}

async function forward(
  first: Promise<IteratorResult<ServerEvent>>,
  events: AsyncGenerator<ServerEvent>,
  stream: SSEStreamingApi,
): Promise<void> {
  for (let step = await first; !step.done && !stream.aborted; step = await events.next()) {
    await send(stream, step.value);
  }
}

const send = (stream: SSEStreamingApi, { event, data }: ServerEvent) =>
  stream.writeSSE({ event, data: JSON.stringify(data) });

/** Waits for a promise, but no longer than `ms`; rejects if it does meanwhile. */
async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
