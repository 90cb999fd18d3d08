import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SPEECH_ENGINES, settingsSchema } from '../../src/config.ts';

/* README.md lists the settings by hand; these tests see to it that none is left out, and none is invented. */

const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const cells = [...page.matchAll(/^\|.*\|$/gm)].flatMap(([row]) => [...row.matchAll(/`([A-Z][A-Z_]*[A-Z])`/g)]);
const named = new Set(cells.map(([, name]) => name!));

it('README.md has every setting in a table', () => {
  expect(Object.keys(settingsSchema.shape).filter((name) => !named.has(name))).toEqual([]);
});

it('README.md has no setting that does not exist', () => {
  expect([...named].filter((name) => name.includes('_') && !(name in settingsSchema.shape))).toEqual([]);
});

it('README.md says what every speech engine needs', () => {
  for (const engine of SPEECH_ENGINES) expect(page).toMatch(new RegExp(`^\\| \`${engine}\` \\| \\S`, 'm'));
});
