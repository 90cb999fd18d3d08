/** Sounds one after another; a single one is answered as it is, not as a copy. */
export function concatPcm(pieces: readonly Int16Array[]): Int16Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const pcm = new Int16Array(pieces.reduce((samples, piece) => samples + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return pcm;
}
