import { expect, it } from 'vitest';
import { padsOfPixels } from './generate-custom.ts';

it('counts the pads of every crop of the older server as none', () => {
  expect(padsOfPixels(0, 10, 0, 0)).toEqual([0, 0, 0, 0]);
});

it('makes pixels of a crop of 96 percent', () => {
  expect(padsOfPixels(24, 34, -12, 48)).toEqual([20, 20, -12.5, 20]);
});

it('stays within what a model can be shown', () => {
  expect(padsOfPixels(0, -48, 0, 0)[1]).toBe(-20);
});
