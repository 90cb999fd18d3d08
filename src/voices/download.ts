import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { BootError } from '../errors.ts';
import type { RemoteFile } from './catalogue.ts';

export interface DownloadOptions {
  signal: AbortSignal;
  /** Called with the bytes that have arrived, those of earlier attempts included. */
  onProgress?(bytes: number): void;
  /** How long a server may send nothing. */
  stallMs?: number;
  /** Pause before the second attempt; every further one waits twice as long. */
  retryMs?: number;
}

const STALL_MS = 30_000;
const RETRY_MS = 1000;
const ATTEMPTS = 4;
const AGAIN = 'Call the same command again: it continues where this one stopped.';

/** A fault that may be gone a moment later; what has arrived is kept. */
class Interrupted extends Error {}

/**
 * Fetches a file to `path` and checks its size and checksum. What arrives lies in `<path>.part`, from where the next
 * attempt, or the next call, continues. Throws `BootError` that names the cure, or the signal's reason.
 */
export async function download(file: RemoteFile, path: string, options: DownloadOptions): Promise<void> {
  const part = `${path}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      if ((await sizeOf(part)) !== file.size) await fetchRest(file, part, options);
      break;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      if (attempt === ATTEMPTS) throw new BootError(`${file.url}: ${error.message}. ${AGAIN}`, error.cause);
      await pause((options.retryMs ?? RETRY_MS) * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
  const actual = await sha256Of(part, options.signal);
  if (actual !== file.sha256) {
    await rm(part, { force: true });
    throw new BootError(
      `${file.url} is not the file that ${file.stated} describes (sha256 ${actual} instead of ${file.sha256}). ` +
        'It was changed there or on the way; nothing was installed. Try again later or from another network.',
    );
  }
  await rename(part, path);
}

async function fetchRest(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const have = await sizeOf(part);
  if (have > file.size) {
    await rm(part);
    throw new Interrupted('what lay there was longer than the file');
  }
  const stalled = new AbortController();
  const watch = setTimeout(() => stalled.abort(), options.stallMs ?? STALL_MS);
  try {
    const signal = AbortSignal.any([options.signal, stalled.signal]);
    const response = await request(file.url, have, signal);
    const offset = startOf(response, have);
    const output = await open(part, offset === 0 ? 'w' : 'a');
    try {
      let bytes = offset;
      for await (const piece of response.body ?? []) {
        watch.refresh();
        bytes += piece.length;
        if (bytes > file.size) throw new BootError(`${file.url} is longer than the ${file.size} bytes it should have.`);
        await output.write(piece);
        options.onProgress?.(bytes);
      }
      if (bytes < file.size) throw new Interrupted(`the connection ended after ${bytes} of ${file.size} bytes`);
    } finally {
      await output.close();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (stalled.signal.aborted) throw new Interrupted('the server stopped sending', { cause: error });
    throw error instanceof BootError || error instanceof Interrupted ? error : explain(error, file.url);
  } finally {
    clearTimeout(watch);
  }
}

async function request(url: string, have: number, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await fetch(url, { headers, signal });
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 416) return request(url, 0, signal);
  if (response.status === 429 || response.status >= 500)
    throw new Interrupted(`the server answered ${response.status}`);
  throw new BootError(
    `${url}: the server answered ${response.status}. The file is no longer there or not for everybody; ` +
      'the entry in models/voices.json has to be mended.',
  );
}

/** The position of the answer's first byte: a server may ignore that only the rest was asked for. */
function startOf(response: Response, have: number): number {
  if (response.status !== 206) return 0;
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]);
  if (start === have) return have;
  throw new BootError(`${response.url}: the server sent bytes from ${start} on instead of from ${have}.`);
}

/** Faults of the network and of the disk, in words. */
function explain(error: unknown, url: string): Error {
  const { code } = ((error as Error).cause ?? error) as { code?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT') return new BootError(`The disk is full. Make room. ${AGAIN}`, error);
  const host = new URL(url).host;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ECONNREFUSED' || code === 'ENETUNREACH') {
    return new BootError(
      `${host} cannot be reached (${code}). Is this machine connected to the internet? Without it, add the voice on ` +
        'another one and copy its folder from models/voices/ here.',
      error,
    );
  }
  return new Interrupted(`the connection to ${host} broke (${code ?? String(error)})`, { cause: error });
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { signal })) hash.update(piece);
  return hash.digest('hex');
}
