import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createStreamBody } from '@hono/node-server/utils/stream';
import { getMimeType } from 'hono/utils/mime';
import { type ErrorCode, SoyleError } from '../errors.ts';
import type { Storage } from '../storage/storage.ts';
import type { AppContext } from './deps.ts';
import { type ByteRange, noneMatch, parseRange } from './range.ts';

/** Bytes that can be sent whole or in part. */
export interface Media {
  type: string;
  size: number;
  /** Unix milliseconds; with the size it makes the ETag. */
  modifiedAt: number;
  /** `undefined` if the bytes have gone meanwhile. Cancelling the stream frees what it holds. */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined>;
}

export interface MediaOptions {
  cacheControl: string;
  /** The error when the bytes are not there. */
  missing: ErrorCode;
  /** Whether pages of other origins may embed it; it is `same-origin` otherwise. */
  embeddable: boolean;
}

/**
 * Answers GET or HEAD for `media`: 200, 206 for one range, 304, or 416. Nothing is opened unless its bytes are sent:
 * the stream of an answer to HEAD would never be cancelled.
 */
export async function answerMedia(c: AppContext, media: Media | undefined, options: MediaOptions): Promise<Response> {
  if (!media) throw new SoyleError(options.missing);
  const etag = `"${media.size.toString(16)}-${Math.floor(media.modifiedAt).toString(16)}"`;
  c.header('Cross-Origin-Resource-Policy', options.embeddable ? 'cross-origin' : 'same-origin');
  c.header('Accept-Ranges', 'bytes');
  c.header('ETag', etag);

  if (noneMatch(c.req.header('if-none-match'), etag)) {
    c.header('Cache-Control', options.cacheControl);
    return c.body(null, 304);
  }
  const isHead = c.req.method === 'HEAD';
  const range = isHead ? undefined : requestedRange(c, etag, media.size);
  if (range === 'unsatisfiable') {
    c.header('Content-Range', `bytes */${media.size}`);
    throw new SoyleError('range_not_satisfiable');
  }
  const body = isHead ? null : await media.open(range);
  if (body === undefined) throw new SoyleError(options.missing);

  c.header('Cache-Control', options.cacheControl);
  c.header('Content-Type', media.type);
  c.header('Content-Length', String(range ? range.end - range.start + 1 : media.size));
  if (range) c.header('Content-Range', `bytes ${range.start}-${range.end}/${media.size}`);
  return c.newResponse(body, range ? 206 : 200);
}

/** A file outside of storage: the avatar's, the page's. */
export async function fileMedia(path: string): Promise<Media | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  return {
    type: getMimeType(path) ?? 'application/octet-stream',
    size: found.size,
    modifiedAt: found.mtimeMs,
    open: async (range) => createStreamBody(createReadStream(path, range)) as ReadableStream<Uint8Array>,
  };
}

const TYPES: Record<string, string> = { '.mp4': 'video/mp4', '.webm': 'video/webm', '.wav': 'audio/wav' };

/** A file of storage by its name, `<id>.<mp4|webm|wav>`. */
export async function storedMedia(storage: Storage, name: string): Promise<Media | undefined> {
  const found = await storage.stat(name);
  if (!found) return undefined;
  return {
    type: TYPES[name.slice(name.lastIndexOf('.'))] ?? 'application/octet-stream',
    size: found.size,
    modifiedAt: found.storedAt,
    open: async (range) => (await storage.read(name, range))?.stream,
  };
}

/** `If-Range` must name the current ETag for the range to count; a date never matches, none is sent. */
function requestedRange(c: AppContext, etag: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const condition = c.req.header('if-range');
  if (condition !== undefined && condition.trim() !== etag) return undefined;
  return parseRange(c.req.header('range'), size);
}
