import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ERRORS, type ErrorCode, SoyleError, toSoyleError } from '../errors.ts';
import type { FailedChunk } from '../jobs/job.ts';
import type { Log } from '../log.ts';
import type { AppContext, AppEnv } from './deps.ts';
import { requestLanguage } from './language.ts';

/** Seconds after which a client that met a busy server may knock again. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  avatar_preparing: 2,
  queue_full: 5,
  loading: 2,
  stopping: 10,
};

export interface ErrorBody {
  error: string;
  code: ErrorCode;
  request_id?: string;
}

/** What a client reads about an error; faults of the server carry the id the log knows the request by. */
export function errorBody(c: AppContext, error: SoyleError): ErrorBody {
  const body: ErrorBody = { error: error.text(requestLanguage(c)), code: error.code };
  return error.status >= 500 ? { ...body, request_id: c.get('requestId') } : body;
}

/** The whole error answer in the shape every route shares. */
export function errorAnswer(c: AppContext, error: SoyleError): Response {
  const wait = RETRY_AFTER_SECONDS[error.code];
  if (wait !== undefined) c.header('Retry-After', String(wait));
  c.header('Cache-Control', 'no-store');
  c.header('Vary', 'Accept-Language', { append: true });
  return c.json(errorBody(c, error), error.status as ContentfulStatusCode);
}

/** Faults that are kept, such as an avatar's, come again with every request for it. */
const logged = new WeakSet<SoyleError>();

/** Anything thrown as a catalogue error; what is the server's own fault goes into the log, once, with its cause. */
export function reportError(c: AppContext, log: Log, thrown: unknown): SoyleError {
  const error = thrown instanceof HTTPException ? fromFramework(c, thrown) : toSoyleError(thrown);
  if (error.status >= 500 && error.status !== 503 && !logged.has(error)) {
    logged.add(error);
    log.error({ request_id: c.get('requestId'), code: error.code, err: error.cause ?? error }, 'request failed');
  }
  return error;
}

export const answerErrors =
  (log: Log): ErrorHandler<AppEnv> =>
  (thrown, c) =>
    errorAnswer(c, reportError(c, log, thrown));

/** A catalogue code that came as text. */
export const knownCode = (code = '', fallback: ErrorCode = 'internal'): ErrorCode =>
  Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : fallback;

/** What a chunk failed with, told by a queue. */
export const failureOf = ({ code, params }: FailedChunk): SoyleError => new SoyleError(knownCode(code), params);

/** The complaints of the framework's body parsers; what they dislike in a content type are its parameters. */
function fromFramework(c: AppContext, exception: HTTPException): SoyleError {
  if (exception.status === 415) {
    const [type = ''] = (c.req.header('content-type') ?? '').split(';');
    return new SoyleError('unsupported_media_type', { type: type.trim() });
  }
  if (exception.status === 400) {
    return new SoyleError(exception.message.includes('FormData') ? 'malformed_form' : 'malformed_json');
  }
  return new SoyleError('internal', {}, exception);
}
