/**
 * Mean squared response of the 4-neighbour Laplacian over the pixels of a `width`-wide plane that `wanted` marks; how
 * much fine detail lies there. Pixels at the plane's border do not count. NaN where nothing is marked.
 */
export function laplacianEnergy(plane: Float32Array, width: number, wanted: Uint8Array): number {
  const height = plane.length / width;
  let sum = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (!wanted[at]) continue;
      sum += (plane[at - 1]! + plane[at + 1]! + plane[at - width]! + plane[at + width]! - 4 * plane[at]!) ** 2;
      count++;
    }
  }
  return sum / count;
}

/** The mask grown by `radius` pixels in every direction, a square. */
export function dilated(mask: Uint8Array, width: number, radius: number): Uint8Array {
  const height = mask.length / width;
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!mask[y * width + x]) continue;
      const [from, to] = [Math.max(0, x - radius), Math.min(width, x + radius + 1)];
      for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++) {
        out.fill(1, row * width + from, row * width + to);
      }
    }
  }
  return out;
}
