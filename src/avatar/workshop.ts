import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import PQueue from 'p-queue';
import { BootError, type ErrorCode, SoyleError } from '../errors.ts';
import { forkModule } from '../fork.ts';
import type { Log } from '../log.ts';
import type { Framing } from './align.ts';
import type { Stage } from './facts.ts';

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

/** An error on its way between processes. */
export interface SentError {
  message: string;
  /** Of the catalogue, if it is one or was caused by one. */
  code?: ErrorCode;
  params?: Record<string, string | number>;
  /** For operators: its message names files. */
  boot: boolean;
}

export type FromPreparer = { stage: Stage; progress: number } | { done: true } | { failed: SentError };

export interface WorkshopOptions {
  /** The child's module. */
  module: URL;
  log: Log;
  /** Longest time for one avatar. */
  timeoutMs?: number;
}

/** Prepares avatars in a process of its own: files of strangers are decoded there, and it gives its memory back. */
export interface Workshop {
  /** In turn, those of higher `priority` first. Rejects as `prepareAvatar` does, or with `media_damaged`. */
  prepare(
    order: PrepareOrder,
    how: { priority: number; onProgress(stage: Stage, progress: number): void; signal: AbortSignal },
  ): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 180_000;
const MAX_LOG_LINE = 500;

export function createWorkshop({ module, log, timeoutMs = TIMEOUT_MS }: WorkshopOptions): Workshop {
  const turns = new PQueue({ concurrency: 1 });
  const closing = new AbortController();
  let child: ChildProcess | undefined;

  function hire(): ChildProcess {
    if (child) return child;
    const hired = forkModule(module);
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

  /** Ends the process when nobody waits for it: it is needed seldom. */
  async function dismiss(): Promise<void> {
    const dismissed = child;
    child = undefined;
    if (dismissed?.pid === undefined || dismissed.exitCode !== null || dismissed.signalCode !== null) return;
    const gone = new Promise((resolve) => dismissed.once('close', resolve));
    dismissed.kill('SIGKILL');
    await gone;
  }

  async function work(order: PrepareOrder, onProgress: (stage: Stage, progress: number) => void, signal: AbortSignal) {
    signal.throwIfAborted();
    const hired = hire();
    const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await new Promise<void>((resolve, reject) => {
        stop.addEventListener('abort', () => reject(stop.reason), { once: true });
        hired.once('close', (code, name) => reject(new Error(`the process ended: ${name ?? code}`)));
        hired.on('message', (message: FromPreparer) => {
          if ('stage' in message) onProgress(message.stage, message.progress);
          else if ('failed' in message) reject(errorOf(message.failed));
          else resolve();
        });
        hired.send(order);
      });
    } catch (error) {
      // What the child itself said leaves it ready for the next one; anything else finds it busy, or gone.
      if (!stop.aborted && (error instanceof SoyleError || error instanceof BootError)) throw error;
      await dismiss();
      signal.throwIfAborted();
      log.error({ err: error, dir: order.dir }, 'an avatar could not be prepared');
      throw new SoyleError('media_damaged', {}, error);
    } finally {
      hired.removeAllListeners('message').removeAllListeners('close');
      if (turns.size === 0) await dismiss();
    }
  }

  return {
    prepare: (order, { priority, onProgress, signal }) => {
      const stop = AbortSignal.any([signal, closing.signal]);
      return turns.add(() => work(order, onProgress, stop), { priority });
    },
    async close() {
      closing.abort(new SoyleError('stopping'));
      await turns.onIdle();
      await dismiss();
    },
  };
}

function errorOf({ message, code, params, boot }: SentError): Error {
  const known = code && new SoyleError(code, params);
  return boot ? new BootError(message, known) : (known ?? new Error(message));
}

/** An error as it is sent from the child. */
export function sentError(error: unknown): SentError {
  const boot = error instanceof BootError;
  const known = boot ? error.cause : error;
  const message = error instanceof Error ? error.message : String(error);
  if (!(known instanceof SoyleError)) return { message, boot };
  return { message, boot, code: known.code, params: known.params };
}
