/** An element of a Matroska file (RFC 8794, RFC 9559): either children or its own bytes. */
export interface Element {
  id: number;
  children?: Element[];
  /** The payload of an element without children. */
  data: Uint8Array;
  /** Where its header began in what was parsed. */
  at: number;
}

/** Elements whose insides are looked at. */
const PARENTS = new Set([
  ...[0x18538067, 0x1654ae6b, 0xae, 0xe0, 0x1f43b675, 0xa0],
  // Cues, and in them the places of clusters.
  ...[0x1c53bb6b, 0xbb, 0xb7],
]);
const NOTHING = new Uint8Array();
/** Sizes are written in eight bytes, whatever they are: then a rewritten file's places are known before it is written. */
const SIZE_BYTES = 8;

export const element = (id: number, data: Uint8Array): Element => ({ id, data, at: 0 });
export const parent = (id: number, children: Element[]): Element => ({ id, children, data: NOTHING, at: 0 });

/** An unsigned number in `length` bytes. */
export function unsigned(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

/** The number that an element holds. */
export const numberIn = ({ data }: Element): number => data.reduce((sum, byte) => sum * 256 + byte, 0);

/** The elements in `bytes`; `at` of each counts from `offset`. Data are views. Throws RangeError where none can be. */
export function parseElements(bytes: Uint8Array, offset = 0): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const idLength = lengthOf(bytes[at]!, 4);
    const sizeAt = at + idLength;
    const sizeLength = lengthOf(bytes[sizeAt] ?? 0, 8);
    const start = sizeAt + sizeLength;
    const size = numberOf(bytes.subarray(sizeAt, start), 0xff >> sizeLength);
    const end = start + size;
    if (end > bytes.length) throw new RangeError(`Matroska element at ${offset + at} is cut off`);
    const id = numberOf(bytes.subarray(at, sizeAt), 0xff);
    const data = bytes.subarray(start, end);
    const inside = PARENTS.has(id) ? { children: parseElements(data, offset + start), data: NOTHING } : { data };
    elements.push({ id, ...inside, at: offset + at });
    at = end;
  }
  return elements;
}

/** Bytes that an element takes, its header with it. */
export const bytesOf = (one: Element): number => idBytes(one.id) + SIZE_BYTES + insideOf(one);

/** Writes elements one after another into `out` from `at` on; answers the position after them. */
export function writeElements(elements: readonly Element[], out: Uint8Array, at: number): number {
  return elements.reduce((from, one) => {
    out.set(unsigned(one.id, idBytes(one.id)), from);
    const sizeAt = from + idBytes(one.id);
    out.set(unsigned(insideOf(one), SIZE_BYTES), sizeAt);
    out[sizeAt] = 1;
    if (one.children) return writeElements(one.children, out, sizeAt + SIZE_BYTES);
    out.set(one.data, sizeAt + SIZE_BYTES);
    return sizeAt + SIZE_BYTES + one.data.length;
  }, at);
}

const insideOf = ({ children, data }: Element): number =>
  children?.reduce((sum, child) => sum + bytesOf(child), 0) ?? data.length;

const idBytes = (id: number): number => (id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);

/** The length that the leading zeros of a first byte announce. */
function lengthOf(first: number, most: number): number {
  const length = Math.clz32(first) - 23;
  if (length > most) throw new RangeError('no Matroska element');
  return length;
}

function numberOf(bytes: Uint8Array, mask: number): number {
  return bytes.reduce((sum, byte, at) => sum * 256 + (at === 0 ? byte & mask : byte), 0);
}
