import { i420Size, rgbToI420 } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import type { Cut } from './cut.ts';

/** Copies a rectangle out of an I420 picture into `out`, which is at least as large as it. */
export function cutFrame({ width, height, data }: Frame, cut: Cut, out: Uint8Array): void {
  const [area, half] = [width * height, halved(cut)];
  const luma = cut.width * cut.height;
  cutPlane(data, width, cut, out, 0);
  cutPlane(data.subarray(area), width / 2, half, out, luma);
  cutPlane(data.subarray((area * 5) / 4), width / 2, half, out, (luma * 5) / 4);
}

/** Copies a rectangle of a plane whose rows are `width` long to `at` of `out`. */
function cutPlane(plane: Uint8Array, width: number, { x, y, ...cut }: Cut, out: Uint8Array, at: number): void {
  for (let row = 0; row < cut.height; row++) {
    const from = (y + row) * width + x;
    out.set(plane.subarray(from, from + cut.width), at + row * cut.width);
  }
}

/** The colour planes of an I420 picture. */
export function chromaOf(data: Uint8Array, { width, height }: Size): [blue: Uint8Array, red: Uint8Array] {
  const area = width * height;
  return [data.subarray(area, (area * 5) / 4), data.subarray((area * 5) / 4, (area * 6) / 4)];
}

/** A picture of one colour, `#rrggbb`. */
export function plainFrame(colour: string, { width, height }: Size): Frame {
  const number = Number.parseInt(colour.slice(1), 16);
  const rgb = [number >> 16, (number >> 8) & 255, number & 255];
  const [y, , , , u, v] = rgbToI420(
    Uint8Array.from({ length: 12 }, (_, i) => rgb[i % 3]!),
    2,
    2,
  );
  const area = width * height;
  const data = new Uint8Array(i420Size(width, height)).fill(y!, 0, area);
  return { width, height, data: data.fill(u!, area, (area * 5) / 4).fill(v!, (area * 5) / 4) };
}

/** Blends what is seen of `plane` (255 = all) over `behind`, in place; all three are equally long. */
export function blendOver(plane: Uint8Array, seen: Uint8Array, behind: Uint8Array): void {
  for (let at = 0; at < seen.length; at++) {
    const alpha = seen[at]!;
    if (alpha < 255) plane[at] = behind[at]! + ((plane[at]! - behind[at]!) * alpha) / 255 + 0.5;
  }
}

type Size = Pick<Frame, 'width' | 'height'>;

const halved = ({ x, y, width, height }: Cut): Cut => ({ x: x / 2, y: y / 2, width: width / 2, height: height / 2 });
