import type { Shape } from '../onnx/session.ts';

/** A dimension that is `wanted`, or that the file leaves open under a name. */
export const isDim = (dim: number | string | undefined, wanted: number): boolean =>
  typeof dim === 'string' || dim === wanted;

export const isFree = (dim: number | string | undefined): boolean => typeof dim !== 'number' || dim < 1;

/** A network's tensors for an operator to read: `mel[N,1,80,16], face[N,6,96,96]`. */
export const describe = (tensors: ReadonlyMap<string, Shape>): string =>
  [...tensors].map(([name, shape]) => `${name}[${shape.join(',')}]`).join(', ');
