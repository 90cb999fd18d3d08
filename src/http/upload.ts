import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { bodyTooLarge, SoyleError, toSoyleError } from '../errors.ts';
import type { AppContext } from './deps.ts';

export interface UploadOptions {
  /** Name of the field with the file. */
  field: string;
  /** Largest file, bytes. */
  maxBytes: number;
  /** A new path for a file being written. */
  scratch(extension: string): Promise<string>;
  signal: AbortSignal;
}

/** A form as it arrived: the file written to `path`, whose owner is now the caller, and the other fields. */
export interface ReceivedForm {
  path: string | undefined;
  /** Of a field that was sent several times, the last; that of the file may be sent once. */
  fields: Record<string, string>;
}

/** What a form may have; files that nobody asked for are passed over. */
const FIELDS = { fields: 20, fieldNameSize: 100, fieldSize: 4096, files: 22, parts: 22, headerPairs: 50 } as const;
/** Room for the other fields and the form's own lines. */
const FORM_BYTES = 128 * 1024;

/**
 * Writes the file of a multipart form to scratch space while it arrives: it is never in memory as a whole. The name that
 * it was sent under is not looked at. Rejects, leaving no file, with `unsupported_media_type`, `body_too_large`,
 * `invalid_request` (a second file), `malformed_form`, `storage_full` or the signal's reason.
 */
export async function receiveForm(c: AppContext, options: UploadOptions): Promise<ReceivedForm> {
  const { maxBytes, signal } = options;
  const parser = openParser(c, maxBytes);
  const announced = Number(c.req.header('content-length') ?? 0);
  if (announced > maxBytes + FORM_BYTES) throw bodyTooLarge(maxBytes);
  const { body } = c.req.raw;
  if (!body) throw new SoyleError('malformed_form');

  const leaving = new AbortController();
  const stop = AbortSignal.any([signal, leaving.signal]);
  const fields: Record<string, string> = Object.create(null);
  let path: string | undefined;
  let writing: Promise<void> | undefined;
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  parser.on('file', (name, file) => {
    // A form that ends inside a file is told of twice, here too; the parser's own error is the one that refuses it.
    file.on('error', () => undefined);
    if (name !== options.field || writing) {
      file.resume();
      if (name === options.field) leaving.abort(sentTwice(name));
      return;
    }
    // What went wrong with the file ends the reading of the form.
    file.once('limit', () => leaving.abort(bodyTooLarge(maxBytes)));
    writing = options.scratch('upload').then((target) => {
      path = target;
      return writeFile(file, target, stop);
    });
    writing.catch((error) => leaving.abort(error));
  });
  try {
    await pipeline(Readable.fromWeb(body as NodeStream<Uint8Array>), parser, { signal: stop });
    await writing;
    return { path, fields };
  } catch (error) {
    const { reason } = leaving.signal;
    leaving.abort();
    await writing?.catch(() => undefined);
    if (path !== undefined) await rm(path, { force: true });
    signal.throwIfAborted();
    throw reason instanceof SoyleError ? reason : new SoyleError('malformed_form', {}, error);
  }
}

const sentTwice = (field: string): SoyleError =>
  new SoyleError('invalid_request', {
    detail: {
      ru: `в поле "${field}" ожидается один файл, а не несколько`,
      kk: `"${field}" өрісінде бірнеше емес, бір файл күтіледі`,
      en: `field "${field}" must be one file, not several`,
    },
  });

function openParser(c: AppContext, maxBytes: number): BusboyInstance {
  const type = c.req.header('content-type') ?? '';
  if (!/^multipart\/form-data\s*(;|$)/i.test(type)) {
    throw new SoyleError('unsupported_media_type', { type: 'multipart/form-data' });
  }
  try {
    return new Busboy({ headers: { 'content-type': type }, limits: { ...FIELDS, fileSize: maxBytes } });
  } catch (error) {
    throw new SoyleError('malformed_form', {}, error);
  }
}

async function writeFile(file: BusboyFileStream, path: string, signal: AbortSignal): Promise<void> {
  const target = createWriteStream(path, { flags: 'wx' });
  try {
    await pipeline(file, target, { signal });
  } catch (error) {
    // It may still be being created: who deletes it must not come too early.
    if (!target.closed) await once(target, 'close');
    // The disk's fault, not that of the form.
    if ((error as NodeJS.ErrnoException).syscall) throw toSoyleError(error);
    throw error;
  }
}
