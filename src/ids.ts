import { randomBytes } from 'node:crypto';

const CHUNK_ID = /^\d{8}_\d{6}_\d{6}_[0-9a-f]{32}_\d{1,6}$/;
/** Ids that people choose: avatars, voices, models. */
const CHOSEN_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * Id of a chunk, opaque and unguessable: UTC time for sorting, 128 random bits, the chunk's index,
 * for example `20251028_123456_000000_<32 hex digits>_0`.
 */
export function newChunkId(index: number, now = new Date()): string {
  const digits = now.toISOString().replace(/[-:T.Z]/g, '');
  const micros = `${digits.slice(14, 17)}000`;
  return `${digits.slice(0, 8)}_${digits.slice(8, 14)}_${micros}_${randomBytes(16).toString('hex')}_${index}`;
}

export const isChunkId = (id: string): boolean => CHUNK_ID.test(id);
export const isChosenId = (id: string): boolean => CHOSEN_ID.test(id);
