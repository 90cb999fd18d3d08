import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Structured log on stderr. A user's text and query strings never go into it; ids, sizes and times do. */
export function createLog(level: string): Log {
  return pino({ level, base: null }, pino.destination(2));
}

/** For tests and tools that want silence. */
export const silentLog: Log = pino({ level: 'silent' });
