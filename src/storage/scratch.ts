import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

const SCRATCH = /^\.part-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{16}\.[a-z0-9]{1,8}$/;

/** Tells machines and containers apart that share a folder: process ids mean nothing between them. */
export const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Name of a file being written: hidden, and it says whose it is. Throws RangeError on an odd extension. */
export function scratchName(extension: string): string {
  const name = `.part-${HOST}-${process.pid}-${randomBytes(8).toString('hex')}.${extension}`;
  if (!SCRATCH.test(name)) throw new RangeError('not an extension of a scratch file');
  return name;
}

export interface ScratchOwner {
  pid: number;
  /** Whether the process runs or ran on this machine. */
  here: boolean;
}

/** Who writes or wrote a scratch file; `undefined` for every other name. */
export function scratchOwner(name: string): ScratchOwner | undefined {
  const [, host, pid] = SCRATCH.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), here: host === HOST };
}
