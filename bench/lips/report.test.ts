import { expect, it } from 'vitest';
import { between } from './report.ts';

const PAGE = 'above\n<!-- table: made by npm run eval:lips -->\nold\n<!-- /table -->\nbelow\n';

it('replaces what stands between its markers and nothing else', () => {
  expect(between(PAGE, 'table', 'new')).toBe(PAGE.replace('old', 'new'));
});

it('refuses a page without them', () => {
  expect(() => between(PAGE, 'details', 'new')).toThrow(/details/);
});
