/**
 * Order in which decoded frames play: as they are, or to and fro (0 … n−1 … 1) so that a video that was not made as a
 * loop has no jump at its end.
 */
export function sequence(frames: number, loop: boolean | 'pingpong'): number[] {
  const forth = Array.from({ length: frames }, (_, i) => i);
  return loop === 'pingpong' ? [...forth, ...forth.slice(1, -1).reverse()] : forth;
}
