import type { Mel } from '../../src/types.ts';
import { median, timed } from '../measure.ts';
import type { TestModel } from './model.ts';
import { place, type Sitter } from './place.ts';

const RUNS = 5;
const never = new AbortController().signal;

/** Milliseconds a frame through the server's own code: one worker, two threads, batches of eight, sound included. */
export async function measureSpeed(model: TestModel, sitter: Sitter, mel: Mel, frames: number): Promise<number> {
  const { reference } = place(sitter, model.framing, model.lips.size);
  const wanted = { mel, frames: Array.from({ length: frames }, (_, i) => i), reference: () => reference };
  const run = async () => {
    for await (const _ of model.lips.patches(wanted, never));
  };
  await run();
  const times: number[] = [];
  for (let turn = 0; turn < RUNS; turn++) times.push(await timed(run));
  return median(times) / frames;
}
