import { type Logger, pino, stdSerializers } from 'pino';
import { BootError } from './errors.ts';

export type Log = Logger;

/** Structured log on stderr. A user's text and query strings never go into it; ids, sizes and times do. */
export function createLog(level: string): Log {
  return pino({ level, base: null, serializers: { err } }, pino.destination(2));
}

/** What an operator has to mend is said in its message; where in the code it was found helps nobody. */
export const err = (error: Error): unknown =>
  error instanceof BootError ? { type: error.name, message: error.message } : stdSerializers.err(error);

/** For tests and tools that want silence. */
export const silentLog: Log = pino({ level: 'silent' });
