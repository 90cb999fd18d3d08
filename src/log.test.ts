import { expect, it } from 'vitest';
import { BootError, SoyleError } from './errors.ts';
import { err } from './log.ts';

it('logs what an operator has to mend without a stack, and everything else with one', () => {
  expect(err(new BootError('Set PORT to a free one', new Error('inside')))).toEqual({
    type: 'BootError',
    message: 'Set PORT to a free one',
  });
  expect(err(new SoyleError('internal'))).toMatchObject({
    code: 'internal',
    stack: expect.stringContaining('log.test'),
  });
});

it('tells the faults of a list apart', () => {
  expect(new BootError('These settings are not usable:\n  PORT: too large\n  HOST: empty').faults).toEqual([
    'PORT: too large',
    'HOST: empty',
  ]);
  expect(new BootError('The settings file is not JSON.').faults).toEqual(['The settings file is not JSON.']);
  expect(new BootError('Nothing starts:').faults).toEqual(['Nothing starts:']);
});
