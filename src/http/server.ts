import type { Server } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { BootError } from '../errors.ts';
import type { App } from './deps.ts';

export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

export interface RunningServer {
  port: number;
  /** Where it can be reached, without a slash at the end. */
  url: string;
  /**
   * Stops accepting, ends idle connections, and lets running answers finish; those still running after `deadlineMs`
   * are cut off, which aborts their work. Safe to call twice.
   */
  close(deadlineMs: number): Promise<void>;
  /** Ends every connection now. */
  cut(): void;
}

/**
 * A client that has not sent its headers, or its whole request, by then is cut off: an avatar's file may come over a slow
 * line. Answers may take any time.
 */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 600_000;

/** Gives the app a socket. Resolves once it listens; rejects with a `BootError` that names the cure. */
export async function serve(app: App, { host, port }: ListenOptions): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host }) as Server;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await listen(server, { host, port });
  const { port: listening } = server.address() as AddressInfo;
  return {
    port: listening,
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${listening}`,
    close: gracefulClose(server),
    cut: () => server.closeAllConnections(),
  };
}

function listen(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new BootError(cure(error, host, port), error));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function cure({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken: stop what listens there, or set PORT to a free one`;
    case 'EACCES':
      return `No permission to listen on port ${port}: set PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine: set HOST to 127.0.0.1, 0.0.0.0 or one of its own`;
    default:
      return `Cannot listen on ${host}:${port}: ${message}`;
  }
}

function gracefulClose(server: Server): RunningServer['close'] {
  let closed: Promise<void> | undefined;
  const start = (deadlineMs: number) =>
    new Promise<void>((resolve) => {
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
      server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      server.closeIdleConnections();
    });
  // A kept-alive connection becomes idle only after its last answer, when nothing looks for idle ones any more.
  server.on('request', (_, response) => {
    response.once('close', () => {
      if (closed) setImmediate(() => server.closeIdleConnections());
    });
  });
  return (deadlineMs) => {
    closed ??= start(deadlineMs);
    return closed;
  };
}
