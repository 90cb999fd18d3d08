import { expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { avatarFileErrors, namedFileErrors, renderErrors } from './openapi.ts';

/** What can have come of an avatar that is asked for, besides being ready. */
const FATES: ErrorCode[] = [
  ...(['avatar_preparing', 'file_empty', 'media_unsupported', 'media_damaged', 'media_no_picture'] as const),
  ...(['picture_too_large', 'face_not_found', 'face_not_at_point', 'avatar_unusable'] as const),
  ...(['preparation_failed', 'storage_full'] as const),
];

it.each([
  ['the files of an avatar', avatarFileErrors],
  ['those of one that the query names', namedFileErrors],
  ['rendering', renderErrors],
])('whatever has come of an avatar is an answer of %s', (_, answers: object) => {
  const told = answers as Record<number, { description: string }>;
  for (const code of FATES)
    expect([code, told[ERRORS[code].status]?.description]).toEqual([code, expect.stringContaining(`\`${code}\``)]);
});

it('a query that cannot be an avatar is refused as such', () => {
  expect(namedFileErrors[400]?.description).toContain('`invalid_request`');
});
