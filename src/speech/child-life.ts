import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { forkModule } from '../fork.ts';
import type { Log } from '../log.ts';
import type { FromChild, ToChild } from './child-link.ts';

/** The process ended, could not be started or no longer listens. */
export class ChildGone extends Error {}
/** The process did not answer in time and was killed. */
export class ChildLate extends Error {}

/** Longer lines of a child's stderr are cut: a crash inside a bundled file quotes that file's one endless line. */
const MAX_LOG_LINE = 500;

interface Waiter<Message> {
  resolve(message: Message): void;
  reject(error: Error): void;
}

/** One child process from fork to exit, running a module that calls `serveParent`. Asked one thing at a time. */
export class ChildLife<Request, Answer, Ready> {
  /** What the child said when it was loaded. Rejects with `ChildGone`. */
  readonly ready: Promise<Ready>;
  /** Resolves when the process and its pipes are closed. */
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  #waiter: Waiter<FromChild<Answer, Ready>> | undefined;
  #gone: ChildGone | undefined;

  constructor(module: URL, startTimeoutMs: number, log: Log) {
    const child = forkModule(module);
    this.#process = child;
    child.on('message', (message) => this.#take()?.resolve(message as FromChild<Answer, Ready>));
    child.once('exit', (code, signal) => this.#end(new ChildGone(signal ? `ended by ${signal}` : `exit code ${code}`)));
    this.exited = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.on('error', (error) => {
        this.#end(new ChildGone(error.message, { cause: error }));
        if (child.pid === undefined) resolve();
      });
    });
    if (child.stderr) {
      createInterface(child.stderr).on('line', (line) => log.warn({ pid: child.pid }, line.slice(0, MAX_LOG_LINE)));
    }
    this.ready = this.#handshake(startTimeoutMs);
    this.ready.catch(() => undefined);
  }

  /** Why the process is of no more use, as soon as that is known. */
  get gone(): ChildGone | undefined {
    return this.#gone;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Sends a request and waits for its answer. Rejects with `ChildGone` or `ChildLate`; the process is dead then. */
  async ask(request: Request, timeoutMs: number): Promise<Answer> {
    const message = this.#nextMessage(timeoutMs);
    const envelope: ToChild<Request> = { request };
    this.#process.send(envelope, (error) => {
      if (error) this.kill(new ChildGone('cannot be reached', { cause: error }));
    });
    return ((await message) as { answer: Answer }).answer;
  }

  /** Ends the process at once, whatever it is doing. */
  kill(reason = new ChildGone('killed')): void {
    this.#end(reason);
    this.#process.kill('SIGKILL');
  }

  async #handshake(timeoutMs: number): Promise<Ready> {
    try {
      return ((await this.#nextMessage(timeoutMs)) as { ready: Ready }).ready;
    } catch (error) {
      throw error instanceof ChildLate ? new ChildGone(`not ready within ${timeoutMs} ms`) : error;
    }
  }

  #nextMessage(timeoutMs: number): Promise<FromChild<Answer, Ready>> {
    if (this.#gone) return Promise.reject(this.#gone);
    return new Promise<FromChild<Answer, Ready>>((resolve, reject) => {
      const timer = setTimeout(() => {
        const why = `no answer within ${timeoutMs} ms`;
        this.#take()?.reject(new ChildLate(why));
        this.kill(new ChildGone(why));
      }, timeoutMs);
      this.#waiter = {
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  #end(reason: ChildGone): void {
    this.#gone ??= reason;
    this.#take()?.reject(reason);
  }

  #take(): Waiter<FromChild<Answer, Ready>> | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }
}
