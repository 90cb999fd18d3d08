/** One field of a protobuf message, its bytes as they stand in the file. */
export interface Field {
  number: number;
  /** Key and value, ready to be copied into another message. */
  raw: Uint8Array;
  /** The value alone, of length-delimited fields (strings, messages); empty for numbers. */
  value: Uint8Array;
}

const LENGTH_DELIMITED = 2;
/** Bytes of the fixed-width wire types: 64 bits and 32 bits. */
const FIXED: Partial<Record<number, number>> = { 1: 8, 5: 4 };

/** The fields of a message in file order (Protocol Buffers encoding). Throws RangeError on bytes that are none. */
export function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('protobuf message ends inside a number');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const key = varint();
    const wire = key & 7;
    let from = at;
    if (wire === LENGTH_DELIMITED) {
      const length = varint();
      from = at;
      at += length;
    } else if (wire === 0) varint();
    else at += FIXED[wire] ?? Number.NaN;
    if (!(at <= message.length)) throw new RangeError(`protobuf message has a broken field ${key >> 3}`);
    const value = wire === LENGTH_DELIMITED ? message.subarray(from, at) : message.subarray(0, 0);
    yield { number: Math.floor(key / 8), raw: message.subarray(start, at), value };
  }
}

/** A length-delimited field with its key. */
export function field(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varintBytes(number * 8 + LENGTH_DELIMITED), varintBytes(value.length), value]);
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}
