import { describe, expect, it } from 'vitest';
import { BootError, isLate, LateError, SoyleError } from '../errors.ts';
import { faultOf, isVerdict, receivedError, sentError } from './faults.ts';

const withCode = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });
const undecodable = (cause: Error) => new BootError('it cannot be decoded', new SoyleError('media_damaged', {}, cause));

describe('a fault', () => {
  it.each([
    ['a full disk', withCode('ENOSPC', 'write'), 'storage_full'],
    ['a full disk under a decoder', undecodable(withCode('ENOSPC')), 'storage_full'],
    ['too many open files', undecodable(withCode('EMFILE')), 'preparation_failed'],
    ['a program that is not there', undecodable(withCode('ENOENT', 'spawn ffmpeg')), 'preparation_failed'],
    [
      'a decoder that was killed',
      undecodable(new Error('ffmpeg was killed with signal SIGKILL')),
      'preparation_failed',
    ],
    ['a decoder that took too long', undecodable(new LateError('stopped after 60000 ms')), 'preparation_failed'],
    ['a mistake of ours', new TypeError('no such thing'), 'preparation_failed'],
  ])('of the server is no verdict: %s', (_, error, code) => {
    for (const told of [error, receivedError(sentError(error))]) {
      const fault = faultOf(told, '/avatars');
      expect(fault).toMatchObject({ code, retryable: true });
      expect(isVerdict(fault)).toBe(false);
    }
  });

  it('of too little time is still known as that in another process', () => {
    const late = new LateError('stopped after 60000 ms');
    for (const error of [late, undecodable(late), new SoyleError('preparation_failed', {}, late)]) {
      expect(isLate(faultOf(receivedError(sentError(error)), '/avatars'))).toBe(true);
    }
    expect(isLate(receivedError(sentError(undecodable(new Error('moov atom not found')))))).toBe(false);
  });

  it('of the file is one', () => {
    const error = undecodable(new Error('moov atom not found'));
    for (const told of [error, receivedError(sentError(error))]) {
      expect(faultOf(told, '/avatars')).toMatchObject({ code: 'media_damaged', cause: expect.any(BootError) });
      expect(isVerdict(faultOf(told, '/avatars'))).toBe(true);
    }
  });

  it('of a folder names it without the way there', () => {
    const error = new BootError('Avatar folder /srv/avatars/anna holds no picture');
    const fault = faultOf(receivedError(sentError(error)), '/srv/avatars');
    expect(fault).toMatchObject({ code: 'avatar_unusable', params: { detail: 'Avatar folder anna holds no picture' } });
    expect(isVerdict(fault)).toBe(false);
  });
});
