import { appendFile, type FileHandle, open } from 'node:fs/promises';

/** Fields of ModelProto and of its StringStringEntryProto (onnx.proto3). */
const GRAPH = 7;
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;
/** A tag and a length, ten bytes each at most. */
const HEADER_BYTES = 20;
/** Wire types of protobuf: varint, eight bytes, a length and as many bytes, four bytes. */
const [VARINT, EIGHT, BYTES, FOUR] = [0, 1, 2, 5];

/** Bytes that are no ONNX model, or a part of one. */
export class OnnxFileError extends Error {}

/**
 * The `metadata_props` of an ONNX file. Of the network itself only the length is read, so a truncated file is found out
 * and a large one costs nothing. Throws `OnnxFileError`.
 */
export async function readOnnxMetadata(path: string): Promise<Map<string, string>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const metadata = new Map<string, string>();
    let hasGraph = false;
    for (let at = 0; at < size; ) {
      const { field, wire, body, length } = readHeader(await readBytes(file, at, HEADER_BYTES));
      const start = at + body;
      if (start + length > size) throw new OnnxFileError('it is cut short');
      if (field === GRAPH) hasGraph = wire === BYTES;
      if (field === METADATA_PROPS && wire === BYTES) addEntry(metadata, await readBytes(file, start, length));
      at = start + length;
    }
    if (!hasGraph) throw new OnnxFileError('it holds no ONNX network');
    return metadata;
  } finally {
    await file.close();
  }
}

/** Adds `metadata_props`. Protobuf lets fields come in any order, so they go to the end and nothing else is touched. */
export async function appendOnnxMetadata(path: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const props = Object.entries(entries).map(([key, value]) =>
    field(METADATA_PROPS, Buffer.concat([field(KEY, Buffer.from(key)), field(VALUE, Buffer.from(value))])),
  );
  await appendFile(path, Buffer.concat(props));
}

function addEntry(metadata: Map<string, string>, bytes: Buffer): void {
  const texts = ['', '', ''];
  for (let at = 0; at < bytes.length; ) {
    const { field, body, length } = readHeader(bytes.subarray(at));
    if (field === KEY || field === VALUE) texts[field] = bytes.toString('utf8', at + body, at + body + length);
    at += body + length;
  }
  metadata.set(texts[KEY]!, texts[VALUE]!);
}

/** A field's number and wire type, where its body starts after the tag, and how long that is. */
function readHeader(bytes: Buffer): { field: number; wire: number; body: number; length: number } {
  const tag = readVarint(bytes, 0);
  const field = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  if (field < 1) throw new OnnxFileError('it is no ONNX file');
  if (wire === VARINT) return { field, wire, body: readVarint(bytes, tag.end).end, length: 0 };
  if (wire === EIGHT) return { field, wire, body: tag.end, length: 8 };
  if (wire === FOUR) return { field, wire, body: tag.end, length: 4 };
  if (wire !== BYTES) throw new OnnxFileError('it is no ONNX file');
  const length = readVarint(bytes, tag.end);
  return { field, wire, body: length.end, length: length.value };
}

function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new OnnxFileError('it is cut short');
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new OnnxFileError('it is no ONNX file');
}

async function readBytes(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

const field = (number: number, body: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + BYTES!), varint(body.length), body]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
