import { Agent, request } from 'undici';
import type { z } from 'zod';
import { BootError } from '../errors.ts';
import { connectionFault, RemoteFault, statusFault } from './remote-fault.ts';

export interface RemoteLimits {
  /** Connections to the server, kept open between requests. */
  connections?: number;
  connectTimeoutMs?: number;
  /** From the request to the answer's first byte, and between two pieces of it. */
  silenceTimeoutMs?: number;
  /** A longer answer is dropped, bytes. */
  maxBytes?: number;
}

export interface RemoteServerOptions extends RemoteLimits {
  /** What it is called in errors. */
  name: string;
  /** Where it is; a path is appended to it, without one it is used as it stands. */
  url: string;
  /** Sent with every request: keys and the like. */
  headers?: Readonly<Record<string, string>>;
}

export interface RemoteRequest {
  method?: 'GET' | 'POST';
  /** Appended to the server's address. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Sent as a form, and `json` as JSON. */
  form?: Readonly<Record<string, string>>;
  json?: unknown;
}

export interface RemoteAnswer {
  /** In lower case, with its parameters; empty when the server said nothing. */
  contentType: string;
  /** To be iterated once. Rejects with `RemoteFault`; leaving the loop ends the request. */
  body: AsyncIterable<Uint8Array>;
}

const DEFAULTS = { connections: 30, connectTimeoutMs: 5000, silenceTimeoutMs: 15_000, maxBytes: 64 * 1024 * 1024 };
const KEEP_ALIVE_MS = 10_000;
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_ERROR_BYTES = 16 * 1024;

/**
 * A speech server's HTTP side: one pool of kept connections, time and size limits, and every failure as a
 * `RemoteFault`. Redirects are not followed: they would carry the key elsewhere.
 */
export class RemoteServer {
  readonly #name: string;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #maxBytes: number;
  readonly #agent: Agent;

  /** Throws `BootError` for an address that is none. */
  constructor({ name, url, headers = {}, ...limits }: RemoteServerOptions) {
    const { connections, connectTimeoutMs, silenceTimeoutMs, maxBytes } = { ...DEFAULTS, ...limits };
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new BootError(`The address of the speech server "${name}" must begin with http:// or https://`);
    }
    this.#name = name;
    this.#url = url;
    this.#headers = headers;
    this.#maxBytes = maxBytes;
    this.#agent = new Agent({
      connections,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
  }

  /** Sends a request and waits for the head of its answer. Rejects with `RemoteFault` or the signal's reason. */
  async open({ method = 'GET', path, query, form, json }: RemoteRequest, signal: AbortSignal): Promise<RemoteAnswer> {
    signal.throwIfAborted();
    const search = query ? `?${new URLSearchParams(query)}` : '';
    const type = form ? 'application/x-www-form-urlencoded' : json === undefined ? undefined : 'application/json';
    const base = path ? this.#url.replace(/\/+$/, '') : this.#url;
    const answer = await request(`${base}${path}${search}`, {
      method,
      dispatcher: this.#agent,
      signal,
      headers: { ...this.#headers, ...(type && { 'content-type': type }) },
      body: form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json),
    }).catch((error) => {
      signal.throwIfAborted();
      throw connectionFault(this.#name, error);
    });
    const { statusCode, headers } = answer;
    const body = this.#guarded(answer.body, signal, this.#maxBytes);
    if (statusCode >= 200 && statusCode < 300)
      return { contentType: single(headers['content-type']).toLowerCase(), body };
    const hint = await this.#hint(this.#guarded(answer.body, signal, MAX_ERROR_BYTES), signal);
    throw statusFault(this.#name, statusCode, single(headers['retry-after']) || undefined, hint);
  }

  /** An answer as text, at most 4 MB of it. */
  async text(what: RemoteRequest, signal: AbortSignal): Promise<string> {
    const { body } = await this.open(what, signal);
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > MAX_TEXT_BYTES) throw this.#tooLarge();
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  /** An answer as JSON of that shape; another shape is a `RemoteFault`. */
  async json<Schema extends z.ZodType>(
    what: RemoteRequest,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const text = await this.text(what, signal);
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw new RemoteFault(`${this.#name} answers ${what.path} in a way it is not documented`, { retryable: false });
    }
  }

  /** Ends every request and connection. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async *#guarded(body: AsyncIterable<Uint8Array>, signal: AbortSignal, maxBytes: number): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const piece of body) {
        bytes += piece.length;
        if (bytes > maxBytes) throw this.#tooLarge();
        yield piece;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof RemoteFault ? error : connectionFault(this.#name, error);
    }
  }

  #tooLarge(): RemoteFault {
    return new RemoteFault(`${this.#name} answers with more than is reasonable`, { retryable: false });
  }

  /** What a refusal says in its codes; its sentences may quote the text that was to be spoken. */
  async #hint(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string | undefined> {
    const pieces: Uint8Array[] = [];
    try {
      for await (const piece of body) pieces.push(piece);
      const { detail, error, code } = JSON.parse(Buffer.concat(pieces).toString('utf8')) as RefusalBody;
      const codes = [detail?.status, detail?.code, error?.code, error?.type, code];
      return codes.find((word) => typeof word === 'string' && /^[\w.-]{1,64}$/.test(word));
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}

/** Where ElevenLabs (`detail`), OpenAI (`error`) and others put their codes. */
interface RefusalBody {
  detail?: { status?: string; code?: string };
  error?: { code?: string; type?: string };
  code?: string;
}

const single = (header: string | string[] | undefined): string => (Array.isArray(header) ? header[0] : header) ?? '';
