import { expect, test } from 'vitest';
import { ERRORS } from './errors.ts';
import { AVATARS } from './messages/avatars.ts';
import { FILES } from './messages/files.ts';
import { REQUESTS } from './messages/requests.ts';
import { SPEECH } from './messages/speech.ts';
import { VIDEO } from './messages/video.ts';

test('a code stands in one part of the catalogue alone', () => {
  const codes = [SPEECH, VIDEO, AVATARS, FILES, REQUESTS].flatMap(Object.keys);
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  expect(Object.keys(ERRORS).sort()).toEqual(codes.sort());
});

test('what a message is filled from is the same in every language', () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [code, { ru, kk, en }] of Object.entries(ERRORS)) {
    expect({ code, names: names(ru) }).toEqual({ code, names: names(en) });
    expect({ code, names: names(kk) }).toEqual({ code, names: names(en) });
  }
});
