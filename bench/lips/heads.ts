import { cropFrame } from '../../src/avatar/crop.ts';
import type { FaceFinder } from '../../src/avatar/face.ts';
import type { CropMatrix } from '../../src/types.ts';
import { FRAMING, HALF_WINDOW, LIPS, SIDE } from './contract.ts';
import { type EvaluationData, type Head, readStrip } from './data.ts';
import { deltaE, type Lab, labOf } from './lab.ts';
import { dilated, laplacianEnergy } from './laplacian.ts';
import type { TestModel } from './model.ts';
import { cut, halved, luma, type Picture, psnr, ssim } from './picture.ts';
import { mapped, type Placed, place, type Sitter } from './place.ts';
import { readFrames, sit } from './sitters.ts';

/** Bits of the prepared masks. */
const INSIDE = 1;
const TEETH = 2;
/** The rim of the open mouth is left out of the measure of sharpness: it is a contour, not skin. */
const RIM = 3;

/** Means over all held-out heads and poses; of `copy`, the reference left as it is, of each model, of the truth. */
export interface Pictures {
  heads: number;
  pictures: number;
  psnr: Record<string, number>;
  ssim: Record<string, number>;
  /** Laplacian energy of lips and skin over that of the reference. */
  sharpness: Record<string, number>;
  /** Mean ΔE in the mouth's inside and on the teeth. */
  inside: Record<string, number>;
  teeth: Record<string, number>;
  /** PSNR of each model in groups of heads. */
  groups: Record<string, Record<string, number>>;
  /** Seeds in whose rest picture the face finder saw no face. */
  lost: number[];
}

/** One head in one pose as everybody draws it: planar BGR, 0 … 255, all in the same crop. */
export interface Comparison {
  reference: Float32Array;
  truth: Float32Array;
  /** By the model's name. */
  drawn: Map<string, Float32Array>;
}

/** Sums by name, for there are millions of pixels. */
type Samples = Map<string, { sum: number; count: number }>;

/** Draws every held-out head in every pose with each model and compares with the rendered truth. */
export async function measurePictures(
  models: readonly TestModel[],
  data: EvaluationData,
  finder: FaceFinder,
): Promise<Pictures> {
  const samples = { psnr: new Map(), ssim: new Map(), sharpness: new Map(), inside: new Map(), teeth: new Map() };
  const groups = new Map<string, Samples>();
  const lost: number[] = [];
  let pictures = 0;
  for (const head of data.heads) {
    const frames = await readFrames(`heads/${head.seed}.png`, data.size);
    const masks = await readStrip(`heads/${head.seed}-mask.png`, data.size);
    const sitter = frames[0] && (await sit(String(head.seed), frames[0], finder));
    if (!sitter) {
      lost.push(head.seed);
      continue;
    }
    const base = place(sitter, FRAMING);
    const seen = new Map(models.map((model) => [model, place(sitter, model.framing)]));
    for (const [pose, { params }] of head.poses.entries()) {
      const truth = cropFrame(frames[pose + 1]!, base.matrix, SIDE).data;
      const mask = maskCrop(masks[pose + 1]!, data.size, base.matrix);
      const drawn = await drawAll(seen, base, params);
      const compared = { reference: Float32Array.from(base.reference.data), truth: Float32Array.from(truth), drawn };
      const found = compare(compared, mask, samples);
      for (const group of groupsOf(head)) {
        const row = groups.get(group) ?? new Map();
        groups.set(group, row);
        for (const [name, value] of found) add(row, name, value);
      }
      pictures++;
    }
  }
  const means = (of: Samples) => Object.fromEntries([...of].map(([name, { sum, count }]) => [name, sum / count]));
  return {
    ...{ heads: data.heads.length - lost.length, pictures, lost },
    ...{ psnr: means(samples.psnr), ssim: means(samples.ssim), sharpness: means(samples.sharpness) },
    ...{ inside: means(samples.inside), teeth: means(samples.teeth) },
    groups: Object.fromEntries([...groups].map(([name, of]) => [name, means(of)])),
  };
}

/** What each model draws of the same mouth, brought into one crop. */
export async function drawAll(
  seen: ReadonlyMap<TestModel, Placed>,
  base: Placed,
  params: readonly number[],
): Promise<Map<string, Float32Array>> {
  const drawn = new Map<string, Float32Array>();
  for (const [model, placed] of seen) {
    const [own] = await model.draw(placed.reference.data, [params]);
    drawn.set(model.name, mapped(own!, placed, base));
  }
  return drawn;
}

/** A sitter in a pose that was rendered, as everybody draws it. */
export async function compareAt(
  models: readonly TestModel[],
  sitter: Sitter,
  truth: Sitter['frame'],
  params: readonly number[],
): Promise<Comparison> {
  const base = place(sitter, FRAMING);
  const seen = new Map(models.map((model) => [model, place(sitter, model.framing)]));
  return {
    reference: Float32Array.from(base.reference.data),
    truth: Float32Array.from(cropFrame(truth, base.matrix, SIDE).data),
    drawn: await drawAll(seen, base, params),
  };
}

/** Adds one comparison to the samples; gives the PSNR of everybody. */
function compare(
  { reference, truth, drawn }: Comparison,
  mask: Uint8Array,
  samples: Record<'psnr' | 'ssim' | 'sharpness' | 'inside' | 'teeth', Samples>,
): Map<string, number> {
  const picture = (data: Float32Array): Picture => ({ width: SIDE, height: SIDE, channels: 3, data });
  const window = (data: Float32Array) => cut(halved(picture(data)), HALF_WINDOW);
  const wanted = skinMask(mask);
  const energy = (data: Float32Array) => laplacianEnergy(luma(picture(data)), SIDE, wanted);
  const [trueWindow, before] = [window(truth), energy(reference)];
  const found = new Map<string, number>();
  for (const [name, data] of [['copy', reference] as const, ...drawn]) {
    const shown = window(data);
    found.set(name, psnr(shown, trueWindow));
    add(samples.psnr, name, psnr(shown, trueWindow));
    add(samples.ssim, name, ssim(shown, trueWindow));
    addColours(samples.inside, name, data, truth, mask, INSIDE);
    addColours(samples.teeth, name, data, truth, mask, TEETH);
  }
  for (const [name, data] of [['truth', truth] as const, ...drawn]) {
    add(samples.sharpness, name, energy(data) / before);
  }
  return found;
}

/** Lips and skin around them without what is seen through the open mouth. */
function skinMask(mask: Uint8Array): Uint8Array {
  const open = dilated(mask, SIDE, RIM);
  const out = new Uint8Array(SIDE * SIDE);
  for (let row = LIPS.top; row < LIPS.bottom; row++) {
    for (let at = row * SIDE + LIPS.left; at < row * SIDE + LIPS.right; at++) out[at] = open[at] ? 0 : 1;
  }
  return out;
}

function addColours(
  to: Samples,
  name: string,
  data: Float32Array,
  truth: Float32Array,
  mask: Uint8Array,
  bit: number,
): void {
  for (let at = 0; at < mask.length; at++) {
    if (mask[at]! & bit) add(to, name, deltaE(labAt(data, at), labAt(truth, at)));
  }
}

function labAt(bgr: Float32Array, at: number): Lab {
  const plane = SIDE * SIDE;
  return labOf(bgr[2 * plane + at]!, bgr[plane + at]!, bgr[at]!);
}

/** The prepared mask of a picture in the crop; the nearest pixel, for its bits do not mix. */
function maskCrop(mask: Uint8Array, size: number, [a, b, tx, c, d, ty]: CropMatrix): Uint8Array {
  const out = new Uint8Array(SIDE * SIDE);
  const channels = mask.length / (size * size);
  for (let at = 0; at < out.length; at++) {
    const [u, v] = [((at % SIDE) + 0.5) / SIDE, (Math.floor(at / SIDE) + 0.5) / SIDE];
    const [x, y] = [Math.floor(a * u + b * v + tx), Math.floor(c * u + d * v + ty)];
    if (x >= 0 && y >= 0 && x < size && y < size) out[at] = mask[(y * size + x) * channels]!;
  }
  return out;
}

/** "yaw 0-10", "skin dark", "beard": the facts that `prepare` wrote of a head. */
function groupsOf({ facts }: Head): string[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    value === true ? [name] : typeof value === 'string' ? [`${name} ${value}`] : [],
  );
}

function add(to: Samples, name: string, value: number): void {
  const { sum, count } = to.get(name) ?? { sum: 0, count: 0 };
  to.set(name, { sum: sum + value, count: count + 1 });
}
