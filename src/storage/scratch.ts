import { randomBytes } from 'node:crypto';

const SCRATCH = /^\.part-(\d{1,10})-[0-9a-f]{16}\.[a-z0-9]{1,8}$/;

/** Name of a file being written: hidden, and it says whose it is. Throws RangeError on an odd extension. */
export function scratchName(extension: string): string {
  const name = `.part-${process.pid}-${randomBytes(8).toString('hex')}.${extension}`;
  if (!SCRATCH.test(name)) throw new RangeError('not an extension of a scratch file');
  return name;
}

/** Id of the process that writes or wrote a scratch file; `undefined` for every other name. */
export function scratchOwner(name: string): number | undefined {
  const pid = SCRATCH.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
