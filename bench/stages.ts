import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { padToFrames } from '../src/audio/chunk-sound.ts';
import { melSpectrogram } from '../src/audio/mel.ts';
import { encodeWav } from '../src/audio/wav.ts';
import { createCompositor } from '../src/avatar/composite.ts';
import type { OpenEngines } from '../src/engines.ts';
import { say } from '../src/say.ts';
import { talkingFrames } from '../src/talking-frames.ts';
import { FPS, SAMPLE_RATE, SAMPLES_PER_FRAME } from '../src/types.ts';
import { median, timed } from './measure.ts';

const RUNS = 5;

/** Milliseconds of each stage alone, over one 15-word text: the rest of the pipeline stands still meanwhile. */
export async function measureStages(engines: OpenEngines, text: string): Promise<Record<string, number>> {
  const signal = new AbortController().signal;
  const { avatar, lips } = engines;
  const speak = () => say({ text, language: 'ru' }, engines.speech, signal);
  const pcm = padToFrames((await speak()).pcm);
  const seconds = pcm.length / SAMPLE_RATE;
  const frames = pcm.length / SAMPLES_PER_FRAME;
  const reference = avatar.reference(0, lips.size);
  const crop = avatar.crops[0];
  if (!crop) throw new Error('the avatar’s first frame has no face');
  const patch = { frame: 0, size: lips.size, data: Float32Array.from(reference.data, (value) => (value / 255) * 0.8) };
  const compositor = createCompositor(avatar.masks, lips.size);
  const frame = avatar.frames[0]!;
  const audioPath = join(tmpdir(), `soyle-bench-${process.pid}.wav`);
  const outPath = join(tmpdir(), `soyle-bench-${process.pid}.mp4`);
  await writeFile(audioPath, encodeWav(pcm));
  const job = { width: avatar.width, height: avatar.height, frameCount: frames, audioPath, outPath };

  const infer = async () => {
    const mel = melSpectrogram(pcm);
    const all = Array.from({ length: frames }, (_, index) => index);
    const wanted = { mel, frames: all, reference: () => reference };
    for await (const _ of lips.patches(wanted, signal));
  };
  const encode = () => engines.encode({ ...job, frames: still(frame.data, frames) }, signal);
  const picture = async () => {
    for await (const _ of talkingFrames(pcm, { pose: 0 }, avatar, lips, signal));
  };

  const result = {
    'speech, ms per second of speech': (await best(speak)) / seconds,
    'mel, ms per second of speech': (await best(async () => melSpectrogram(pcm))) / seconds,
    'lips (every frame), ms per frame': (await best(infer)) / frames,
    'paste-back, ms per frame': await best(async () => {
      for (let turn = 0; turn < FPS; turn++) compositor.paste({ frame, crop, reference, patch, weight: 1 });
    }).then((ms) => ms / FPS),
    'speaking frames (lips + paste + gate), ms per frame': (await best(picture)) / frames,
    'encode (still frames), ms per frame': (await best(encode)) / frames,
  };
  await Promise.all([rm(audioPath), rm(outPath)]);
  return result;
}

async function* still(data: Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield data;
}

async function best(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await timed(work));
  return median(times);
}
