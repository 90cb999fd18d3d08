import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { SoyleError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { joinChunks } from '../../src/video/concat.ts';
import { type EncodeJob, encodeChunk } from '../../src/video/encode.ts';

const media = createMedia({ log: silentLog });
const SIZE = (64 * 64 * 3) / 2;

describe('encodeChunk when something goes wrong', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-encode-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function* grey(count: number, size = SIZE): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) yield new Uint8Array(size).fill(128);
  }

  async function job(changes: Partial<EncodeJob> = {}, seconds = 0.4): Promise<EncodeJob> {
    const audioPath = join(dir, 'sound.wav');
    await writeFile(audioPath, encodeWav(new Int16Array(16_000 * seconds)));
    const outPath = join(dir, 'out.mp4');
    return { width: 64, height: 64, frames: grey(10), frameCount: 10, audioPath, outPath, ...changes };
  }

  const failing = async (given: EncodeJob, program = media): Promise<unknown> => {
    const error = await encodeChunk(given, program).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await readdir(dir)).not.toContain('out.mp4');
    return error;
  };

  const script = async (body: string): Promise<string> => {
    const path = join(dir, 'ffmpeg');
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  };

  it('encodes what these tests break', async () => {
    await encodeChunk(await job(), media);
    expect(await readdir(dir)).toContain('out.mp4');
  });

  it.each([
    ['odd width', { width: 63 }],
    ['odd height', { height: 65 }],
    ['too few frames', { frames: grey(9) }],
    ['too many frames', { frames: grey(11) }],
    ['frames of another size', { frames: grey(10, SIZE - 2) }],
  ])('refuses %s', async (_, changes) => {
    expect(await failing(await job(changes))).toBeInstanceOf(RangeError);
  });

  it('fails on sound of another length', async () => {
    const error = await failing(await job({}, 0.44));
    expect(error).toMatchObject({ code: 'encode_failed', cause: expect.any(RangeError) });
  });

  it("tells ffmpeg's last words", async () => {
    const error = await failing(await job({ audioPath: join(dir, 'missing.wav') }));
    expect(error).toMatchObject({ code: 'encode_failed' });
    expect(String((error as SoyleError).cause)).toContain('missing.wav: No such file');
  });

  it('passes on what the frames throw', async () => {
    const lips = new SoyleError('lipsync_failed');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* grey(5);
      throw lips;
    }
    expect(await failing(await job({ frames: broken() }))).toBe(lips);
  });

  it('survives an ffmpeg that dies in the middle, and closes the frames', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(SIZE);
      } finally {
        closed = true;
      }
    }
    const ffmpegPath = await script('head -c 100000 >/dev/null; echo gone mad >&2; exit 3');
    const error = await failing(
      await job({ frames: endless(), frameCount: 1e6 }),
      createMedia({ ffmpegPath, log: silentLog }),
    );
    expect(error).toMatchObject({ code: 'encode_failed' });
    expect(String((error as SoyleError).cause)).toMatch(/code 3.*gone mad/s);
    expect(closed).toBe(true);
  });

  it('calls a full disk by its name', async () => {
    const ffmpegPath = await script('echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1');
    expect(await failing(await job(), createMedia({ ffmpegPath, log: silentLog }))).toMatchObject({
      code: 'storage_full',
    });
  });

  it('survives a program that cannot be started', async () => {
    const nowhere = createMedia({ ffmpegPath: join(dir, 'nowhere'), log: silentLog });
    expect(await failing(await job(), nowhere)).toMatchObject({ code: 'encode_failed' });
  });

  it('stops at once when aborted, and closes the frames', async () => {
    const abort = new AbortController();
    const reason = new Error('client left');
    let closed = false;
    async function* slow(): AsyncGenerator<Uint8Array> {
      try {
        yield* grey(3);
        abort.abort(reason);
        yield* grey(7);
      } finally {
        closed = true;
      }
    }
    const given = await job({ frames: slow() });
    await expect(encodeChunk(given, media, abort.signal)).rejects.toBe(reason);
    expect(closed).toBe(true);
    expect(await readdir(dir)).not.toContain('out.mp4');
    await expect(encodeChunk(await job(), media, abort.signal)).rejects.toBe(reason);
  });

  it('joins nothing out of a file that is no chunk', async () => {
    const { audioPath, outPath } = await job();
    const fake = join(dir, 'fake.mp4');
    await writeFile(fake, '#EXTM3U\nhttp://127.0.0.1:9/secret.ts\n');
    const joining = joinChunks({ videoPaths: [fake], audioPath, durationMs: 400, outPath }, media);
    await expect(joining).rejects.toMatchObject({ code: 'encode_failed' });
    expect(await readdir(dir)).not.toContain('out.mp4');
  });
});
