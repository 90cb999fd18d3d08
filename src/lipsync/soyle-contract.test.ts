import { describe, expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import type { Shape } from '../onnx/session.ts';
import { readFaceContract, readMouthContract } from './soyle-contract.ts';

type Shapes = Record<string, Shape>;
const network = (inputs: Shapes, outputs: Shapes) => ({
  inputs: new Map(Object.entries(inputs)),
  outputs: new Map(Object.entries(outputs)),
});

describe('readFaceContract', () => {
  const inputs: Shapes = { p: ['N', 7], r: ['N', 3, 256, 256] };
  const outputs: Shapes = { c: ['N', 3, 256, 256] };
  const read = (into: Shapes, out: Shapes) => readFaceContract(network(into, out), 'face.onnx');

  it('tells the tensors apart by shape', () => {
    const names = { reference: 'r', params: 'p', output: 'c', size: 256 };
    expect(read(inputs, outputs)).toEqual({ ...names, fixedBatch: undefined });
    expect(read({ r: [4, 3, 256, 256], p: [4, 7] }, outputs)).toEqual({ ...names, fixedBatch: 4 });
    expect(read(inputs, { c: ['N', 3, 'height', 'width'] })).toMatchObject(names);
  });

  it.each<[string, Shapes, Shapes]>([
    ['no parameters', { r: inputs.r! }, outputs],
    ['eight parameters', { ...inputs, p: ['N', 8] }, outputs],
    ['an open picture size', { ...inputs, r: ['N', 3, 'h', 'w'] }, outputs],
    ['a picture that is not square', { ...inputs, r: ['N', 3, 256, 128] }, outputs],
    ['an output of another size', inputs, { c: ['N', 3, 128, 128] }],
    ['a third input', { ...inputs, mel: [1, 80, 'T'] }, outputs],
  ])('refuses %s, saying what it found', (_, into, out) => {
    expect(() => read(into, out)).toThrow(BootError);
    expect(() => read(into, out)).toThrow(/face\.onnx is not a face network: .*\[N,7\].*, but has .*r\[/);
  });
});

describe('readMouthContract', () => {
  const read = (into: Shapes, out: Shapes) => readMouthContract(network(into, out), 'mouth.onnx');

  it('takes utterances of any length, whatever the tensors are called', () => {
    expect(read({ sound: [1, 80, 'T'] }, { mouth: [1, 'T', 7] })).toEqual({ mel: 'sound', params: 'mouth' });
    // Some exporters lose the output's shape.
    expect(read({ sound: ['N', 80, 'T'] }, { mouth: ['N', 'T', 'P'] })).toEqual({ mel: 'sound', params: 'mouth' });
  });

  it.each<[string, Shapes, Shapes]>([
    ['a fixed length', { sound: [1, 80, 100] }, { mouth: [1, 100, 7] }],
    ['another mel', { sound: [1, 64, 'T'] }, { mouth: [1, 'T', 7] }],
    ['eight parameters', { sound: [1, 80, 'T'] }, { mouth: [1, 'T', 8] }],
    ['a second input', { sound: [1, 80, 'T'], state: [1, 64] }, { mouth: [1, 'T', 7] }],
  ])('refuses %s, saying what it found', (_, into, out) => {
    expect(() => read(into, out)).toThrow(BootError);
    expect(() => read(into, out)).toThrow(/mouth\.onnx is not a mouth network: .*\[1,80,T\].*, but has sound\[/);
  });
});
