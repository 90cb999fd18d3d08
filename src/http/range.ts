/** Inclusive byte positions. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * A `Range` header against a representation of `size` bytes (RFC 9110, 14.1–14.2): one range, or
 * 'unsatisfiable' (416), or `undefined` where the header is to be ignored and the whole is sent: other units,
 * several ranges, or a line that makes no sense.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;

  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

/** Whether `If-None-Match` names this strong ETag (weak comparison, RFC 9110, 13.1.2). */
export function noneMatch(header: string | undefined, etag: string): boolean {
  if (header?.trim() === '*') return true;
  return header?.match(/(?:W\/)?"[^"]*"/g)?.some((tag) => tag.replace(/^W\//, '') === etag) ?? false;
}
