import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import PQueue from 'p-queue';
import { BootError, isLate, LateError, SoyleError } from '../errors.ts';
import { forkModule } from '../fork.ts';
import type { Log } from '../log.ts';
import type { Framing } from './align.ts';
import type { Stage } from './facts.ts';
import { receivedError, type SentError } from './faults.ts';

/** What the child is asked for; one at a time. */
export interface PrepareOrder {
  /** The avatar's folder. */
  dir: string;
  cacheDir: string;
  framing: Framing;
  /** Side the lips model works at, pixels. */
  modelSize: number;
  modelsDir: string;
  ffmpegPath: string | undefined;
  ffprobePath: string | undefined;
}

export type FromPreparer = { stage: Stage; progress: number } | { done: true } | { failed: SentError };

export interface WorkshopOptions {
  /** The child's module. */
  module: URL;
  log: Log;
  /** Longest time for one avatar. */
  timeoutMs?: number;
  /** How long the process waits for another avatar before it is ended, where one is likely to follow (`linger`). */
  idleMs?: number;
}

type Progress = (stage: Stage, progress: number) => void;

/** Prepares avatars in a process of its own: files of strangers are decoded there, and it gives its memory back. */
export interface Workshop {
  /**
   * In turn, those of higher `priority` first. Rejects as `prepareAvatar` does, with the signal's reason, or with
   * `preparation_failed` where the process took too long, or crashed or was killed twice.
   */
  prepare(
    order: PrepareOrder,
    how: { priority: number; linger: boolean; onProgress: Progress; signal: AbortSignal },
  ): Promise<void>;
  /** Somebody is about to bring an avatar: the process starts meanwhile, and waits for it as after another one. */
  expect(): void;
  close(): Promise<void>;
}

const TIMEOUT_MS = 180_000;
/** Starting it takes a second, its networks another; who tries a photo often tries a second one. */
const IDLE_MS = 45_000;
/**
 * glibc else keeps what frames took for each thread's next ones: after a video of 10 s, 1280×720, the process held
 * 450 MB while it prepared a photo, with this 247.
 */
const FRUGAL = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };
/** So long the process has to end itself. */
const FAREWELL_MS = 2000;
const MAX_LOG_LINE = 500;
const ATTEMPTS = 2;

export function createWorkshop(options: WorkshopOptions): Workshop {
  const { module, log, timeoutMs = TIMEOUT_MS, idleMs = IDLE_MS } = options;
  const turns = new PQueue({ concurrency: 1 });
  const closing = new AbortController();
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;

  function hire(): ChildProcess {
    // One that could not be started, or has ended a moment ago, takes no orders.
    if (child?.pid !== undefined && child.connected) return child;
    const hired = forkModule(module, [], FRUGAL);
    hired.once('exit', () => {
      if (child === hired) child = undefined;
    });
    // A child that cannot be started or reached also ends, which is what is waited for.
    hired.on('error', (error) => log.warn({ err: error }, 'the process that prepares avatars'));
    if (hired.stderr) {
      createInterface(hired.stderr).on('line', (line) => log.warn({ pid: hired.pid }, line.slice(0, MAX_LOG_LINE)));
    }
    child = hired;
    return hired;
  }

  async function dismiss(): Promise<void> {
    clearTimeout(idle);
    const dismissed = child;
    child = undefined;
    if (dismissed?.pid === undefined || dismissed.exitCode !== null || dismissed.signalCode !== null) return;
    // Not `close`: Node.js does not tell of it once the connection was ended from here.
    const gone = new Promise((resolve) => dismissed.once('exit', resolve));
    // It ends its ffmpeg first: that would else go on, alone, until it has something to write.
    if (dismissed.connected) dismissed.disconnect();
    const late = setTimeout(() => dismissed.kill('SIGKILL'), FAREWELL_MS);
    await gone;
    clearTimeout(late);
  }

  /** Ends the process, now or when nobody has needed it for a while, unless somebody waits for it. */
  async function rest(linger: boolean): Promise<void> {
    if (turns.size > 0) return;
    clearTimeout(idle);
    if (!linger) return dismiss();
    idle = setTimeout(dismiss, idleMs);
    idle.unref();
  }

  async function work(order: PrepareOrder, onProgress: Progress, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const error = await attempted(order, onProgress, signal);
      if (!error) return;
      log.error({ err: error, dir: order.dir, attempt }, 'the process that prepares an avatar failed');
      if (attempt === ATTEMPTS || isLate(error)) throw new SoyleError('preparation_failed', {}, error);
    }
  }

  /** Resolves with what happened to the process, if it was that; rejects with what it says, or the signal's reason. */
  async function attempted(order: PrepareOrder, onProgress: Progress, signal: AbortSignal): Promise<unknown> {
    clearTimeout(idle);
    const hired = hire();
    // Not AbortSignal.timeout: Node 20 forgets one that only AbortSignal.any knows.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new LateError(`not done after ${timeoutMs} ms`)), timeoutMs);
    const stop = AbortSignal.any([signal, late.signal]);
    try {
      await new Promise<void>((resolve, reject) => {
        stop.addEventListener('abort', () => reject(stop.reason), { once: true });
        hired.once('close', (code, name) => reject(new Error(`the process ended: ${name ?? code}`)));
        hired.on('message', (message: FromPreparer) => {
          if ('stage' in message) onProgress(message.stage, message.progress);
          else if ('failed' in message) reject(receivedError(message.failed));
          else resolve();
        });
        hired.send(order);
      });
      return undefined;
    } catch (error) {
      // What the child itself said leaves it ready for the next one; anything else finds it busy, or gone.
      if (!stop.aborted && (error instanceof SoyleError || error instanceof BootError)) throw error;
      await dismiss();
      signal.throwIfAborted();
      return error;
    } finally {
      clearTimeout(timer);
      hired.removeAllListeners('message').removeAllListeners('close');
    }
  }

  return {
    prepare: (order, { priority, linger, onProgress, signal }) =>
      new Promise((resolve, reject) => {
        const stop = AbortSignal.any([signal, closing.signal]);
        // Who waits in the line need not wait for their turn to leave it.
        const leave = () => reject(stop.reason);
        stop.addEventListener('abort', leave, { once: true });
        const begin = async (): Promise<void> => {
          stop.removeEventListener('abort', leave);
          await work(order, onProgress, stop).finally(() => rest(linger));
        };
        turns.add(begin, { priority }).then(resolve, reject);
        if (stop.aborted) leave();
      }),
    expect() {
      if (closing.signal.aborted || turns.pending > 0) return;
      hire();
      void rest(true);
    },
    async close() {
      closing.abort(new SoyleError('stopping'));
      await turns.onIdle();
      await dismiss();
    },
  };
}
