import { basename } from 'node:path';
import { BootError, type ErrorCode, type ErrorParams, isLate, LateError, SoyleError, toSoyleError } from '../errors.ts';

/** What is wrong with a file itself: no server could make an avatar of it. */
const VERDICTS: ReadonlySet<ErrorCode> = new Set([
  ...(['face_not_found', 'face_not_at_point', 'file_empty', 'media_unsupported'] as const),
  ...(['media_damaged', 'media_no_picture', 'picture_too_large'] as const),
]);
const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);
/** The machine's own faults, as the system calls them. */
const MACHINE: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'EROFS', 'EAGAIN']);

/** Whether an avatar failed for what its file is, and not for what happened to the server meanwhile. */
export const isVerdict = ({ code }: SoyleError): boolean => VERDICTS.has(code);

/** What failed as clients may read it: where on this machine the folder lies is nobody's business. */
export function faultOf(error: unknown, dir: string): SoyleError {
  const own = serverFault(error);
  if (own) return new SoyleError(own, {}, error);
  if (!(error instanceof BootError)) return toSoyleError(error, 'preparation_failed');
  if (error.cause instanceof SoyleError) return new SoyleError(error.cause.code, error.cause.params, error);
  const detail = error.message.replaceAll(`${dir}/`, '').replaceAll(dir, basename(dir));
  return new SoyleError('avatar_unusable', { detail }, error);
}

/** An error on its way between processes. */
export interface SentError {
  message: string;
  /** Of the catalogue; absent where only an operator can mend it. */
  code?: ErrorCode;
  params?: ErrorParams;
  /** For operators: its message names files. */
  boot: boolean;
  /** It took too long. */
  late: boolean;
}

export function sentError(error: unknown): SentError {
  const boot = error instanceof BootError;
  const message = error instanceof Error ? error.message : String(error);
  const said = { message, boot, late: isLate(error) };
  const own = serverFault(error);
  if (own) return { ...said, code: own };
  const known = boot ? error.cause : error;
  if (known instanceof SoyleError) return { ...said, code: known.code, params: known.params };
  return boot ? said : { ...said, code: 'preparation_failed' };
}

/** The error that was sent: a `BootError`, caused by the catalogue's where there is one, or the catalogue's. */
export function receivedError({ message, code, params, boot, late }: SentError): Error {
  const cause = late ? new LateError(message) : new Error(message);
  if (!boot) return new SoyleError(code ?? 'preparation_failed', params, cause);
  return new BootError(message, code && new SoyleError(code, params, cause));
}

/**
 * The code of what went wrong with the machine, if anything in the chain of causes says so: a full disk, no more memory
 * or files, too little time, a program that cannot be started or was killed. A decoder that fails then seems to say that a file is damaged.
 */
function serverFault(error: unknown): ErrorCode | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code, syscall } = one as NodeJS.ErrnoException;
    if (NO_SPACE.has(code)) return 'storage_full';
    if (MACHINE.has(code) || syscall?.startsWith('spawn')) return 'preparation_failed';
    if (one instanceof LateError || /was killed with signal/.test(one.message)) return 'preparation_failed';
  }
  return undefined;
}
