/**
 * The two ends of the pipe between an engine and its child process. After `ready` the parent has at most one request
 * out at a time, so messages need no numbers: the child's next message is the answer.
 */
export type FromChild<Answer, Ready> = { ready: Ready } | { answer: Answer };
export type ToChild<Request> = { request: Request };

export interface Served<Request, Answer, Ready> {
  /** What the parent learns once the engine is loaded. */
  ready: Ready;
  /** Anything thrown here ends the process: an engine that failed may be in any state, a fresh one is not. */
  answer(request: Request): Answer | Promise<Answer>;
}

/** The child's whole life: load, say ready, answer one request after another, exit when the parent is gone. */
export async function serveParent<Request, Answer, Ready>(
  load: () => Promise<Served<Request, Answer, Ready>>,
): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  try {
    const { ready, answer } = await load();
    process.on('message', async ({ request }: ToChild<Request>) => {
      try {
        tellParent({ answer: await answer(request) });
      } catch (error) {
        die(error);
      }
    });
    tellParent({ ready });
  } catch (error) {
    die(error);
  }
}

function tellParent<Answer, Ready>(message: FromChild<Answer, Ready>): void {
  process.send?.(message);
}

function die(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
