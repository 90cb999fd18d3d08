/** A box of an MP4 file (ISO 14496-12): either children or its own bytes. Only the index's boxes are opened. */
export interface Box {
  type: string;
  children?: Box[];
  /** The payload of a box without children, header left out. */
  data: Uint8Array;
}

const PARENTS = new Set(['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl']);
const HEADER = 8;
const NOTHING = new Uint8Array();

export const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

const typeAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Size and type of the box at `at`; 64-bit sizes are understood. Throws RangeError where no box can be. */
export function boxAt(bytes: Uint8Array, at: number): { type: string; size: number; header: number } {
  const view = viewOf(bytes);
  const short = view.getUint32(at);
  const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
  const header = short === 1 ? 2 * HEADER : HEADER;
  if (size < header) throw new RangeError(`MP4 box of ${size} bytes at ${at}`);
  return { type: typeAt(bytes, at + 4), size, header };
}

/** The boxes in `bytes`, those of the index with their children. Data are views of `bytes`. */
export function parseBoxes(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { type, size, header } = boxAt(bytes, at);
    if (at + size > bytes.length) throw new RangeError(`MP4 box ${type} ends ${at + size - bytes.length} bytes late`);
    const data = bytes.subarray(at + header, at + size);
    boxes.push(PARENTS.has(type) ? { type, children: parseBoxes(data), data: NOTHING } : { type, data });
    at += size;
  }
  return boxes;
}

export const sizeOf = (box: Box): number =>
  HEADER + (box.children?.reduce((sum, child) => sum + sizeOf(child), 0) ?? box.data.length);

/** Writes the box into `out` at `at`; answers the position after it. */
export function writeBox(box: Box, out: Uint8Array, at: number): number {
  viewOf(out).setUint32(at, sizeOf(box));
  out.set(
    Array.from(box.type, (letter) => letter.charCodeAt(0)),
    at + 4,
  );
  if (!box.children) {
    out.set(box.data, at + HEADER);
    return at + HEADER + box.data.length;
  }
  return box.children.reduce((end, child) => writeBox(child, out, end), at + HEADER);
}

/** The first box along a path of types. Throws RangeError when there is none. */
export function find(box: Box, ...path: string[]): Box {
  return path.reduce((parent, type) => {
    const child = parent.children?.find((candidate) => candidate.type === type);
    if (!child) throw new RangeError(`MP4 has no ${path.join('/')} in ${box.type}`);
    return child;
  }, box);
}
