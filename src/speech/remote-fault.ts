import { SoyleError } from '../errors.ts';

export interface RemoteFaultDetails {
  code?: 'speech_failed' | 'speech_timeout';
  /** Whether the same server may do better next time. */
  retryable: boolean;
  /** How long the server asks to be left alone. */
  retryAfterMs?: number;
  /** This one request is what the server cannot do: it may do well with others. */
  ofRequest?: boolean;
  /** It was not reached at all, or the connection broke: the server has said nothing. */
  unreachable?: boolean;
  cause?: unknown;
}

/**
 * A speech server failed us. Clients read the catalogue's text; why stands in `cause`, for the log: never what was to be
 * spoken, never a key.
 */
export class RemoteFault extends SoyleError {
  readonly retryAfterMs: number | undefined;
  readonly ofRequest: boolean;
  readonly unreachable: boolean;
  readonly #retryable: boolean;

  constructor(why: string, details: RemoteFaultDetails) {
    const { code = 'speech_failed', retryable, retryAfterMs, ofRequest = false, unreachable = false, cause } = details;
    super(code, {}, new Error(why, cause === undefined ? undefined : { cause }));
    this.#retryable = retryable;
    this.retryAfterMs = retryAfterMs;
    this.ofRequest = ofRequest;
    this.unreachable = unreachable;
  }

  override get retryable(): boolean {
    return this.#retryable;
  }
}

/** Statuses below 500 of a request that may succeed later. */
const PASSING = new Set([408, 425, 429]);
/** Statuses of a text or a voice that the server does not like. */
const OF_REQUEST = new Set([400, 413, 422]);
const NOT_IMPLEMENTED = 501;

/** The fault behind an HTTP status other than 2xx. `hint` is a word or two of the server's own, such as `quota_exceeded`. */
export function statusFault(
  server: string,
  status: number,
  retryAfter: string | undefined,
  hint?: string,
): RemoteFault {
  const redirect = status >= 300 && status < 400 ? '; redirects are not followed, set the address it points to' : '';
  const refused = status === 401 || status === 403 ? '; check its key' : '';
  return new RemoteFault(`${server} answered ${status}${hint ? ` (${hint})` : ''}${redirect}${refused}`, {
    code: status === 408 || status === 504 ? 'speech_timeout' : 'speech_failed',
    retryable: PASSING.has(status) || (status >= 500 && status !== NOT_IMPLEMENTED),
    retryAfterMs: retryAfterMs(retryAfter, Date.now()),
    ofRequest: OF_REQUEST.has(status),
  });
}

/** The `Retry-After` header (RFC 9110, 10.2.3): seconds or a date. `undefined` when it is neither. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
/** The address names nobody: it is wrong, and will not become right within seconds. */
const NO_SUCH_HOST = 'ENOTFOUND';

/** A connection that could not be made, broke, or fell silent. */
export function connectionFault(server: string, error: unknown): RemoteFault {
  const { code = '', message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  const late = TIMEOUTS.has(code);
  return new RemoteFault(`${server} ${late ? 'keeps silent' : 'cannot be reached'}: ${code || message}`, {
    code: late ? 'speech_timeout' : 'speech_failed',
    retryable: code !== NO_SUCH_HOST,
    unreachable: true,
    cause: error,
  });
}
