import sharp from 'sharp';
import { i420ToRgb } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import type { FaceBox } from './avatar.ts';
import { faceBox } from './face-box.ts';
import { place } from './follow.ts';
import { type FaceLandmarks, landmark } from './mesh.ts';
import type { AvatarReport, Quality } from './report.ts';
import { drawText, textWidth } from './strokes.ts';

/** Closed outlines of the mesh, in FaceMesh's numbering. */
const OUTLINES = {
  face: [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
  ],
  rightEye: [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
  leftEye: [362, 382, 381, 380, 374, 373, 390, 249, 263, 466, 388, 387, 386, 385, 384, 398],
  lips: [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185],
  innerLips: [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191],
};
const COLOURS: Record<Quality, string> = { good: '#2e9e5b', fair: '#d98a00', poor: '#d23b3b' };
/** A tick, an exclamation mark, a cross: for eyes that do not tell the colours apart. */
const SIGNS: Record<Quality, string> = { good: 'M1 4L3 6L7 1', fair: 'M4 0V4M4 6V6.1', poor: 'M1 0L7 6M7 0L1 6' };
const LOST_COLOUR = '#777777';
const BLANK = '#222222';

/** Thumbnails below the picture, and their side over the picture's width. */
const MOST_THUMBNAILS = 6;
const MOST_LOST = 3;
const THUMBNAIL_SHARE = 1 / MOST_THUMBNAILS;
const JPEG = { quality: 88 };

export interface PreviewInput {
  /** As judged. */
  frames: readonly Frame[];
  faces: readonly (FaceLandmarks | undefined)[];
  report: AvatarReport;
}

/**
 * The report drawn on the frame with the most closed mouth, as a JPEG: box, outlines of face, eyes and lips, and the
 * quality; below it the poorest frames and those without a face, with their numbers.
 */
export async function drawPreview({ frames, faces, report }: PreviewInput): Promise<Buffer> {
  const frame = frames[report.mouth.restFrame]!;
  const { width, height } = frame;
  const side = Math.floor(width * THUMBNAIL_SHARE);
  const poorest = report.frames.poorest.map(({ index }) => index);
  // All a photo's frames are the one that is there already.
  const indices = report.loop ? [...report.frames.lost.slice(0, MOST_LOST), ...poorest].slice(0, MOST_THUMBNAILS) : [];
  const thumbnails = indices.map(async (index, i) => ({
    input: await thumbnail(frames[index]!, { face: faces[index], side, number: index }),
    left: i * side,
    top: height,
  }));
  const overlay = Buffer.from(overlayOf(report, faces[report.mouth.restFrame], width, height));
  return picture(frame)
    .extend({ bottom: indices.length > 0 ? side : 0, background: BLANK })
    .composite([{ input: overlay, left: 0, top: 0 }, ...(await Promise.all(thumbnails))])
    .jpeg(JPEG)
    .toBuffer();
}

/** A frame's head, or all of it where no face is, as a square JPEG, with its number when `number` is given. */
export async function thumbnail(
  frame: Frame,
  { face, side, number }: { face?: FaceLandmarks; side: number; number?: number },
): Promise<Buffer> {
  const around = face && placeIn(frame, face);
  const head = around ? picture(frame).extract(around) : picture(frame);
  const mark = number === undefined ? '' : label(number, side, face ? COLOURS.poor : LOST_COLOUR);
  return head
    .resize(side, side, { fit: 'contain', background: BLANK })
    .composite([{ input: Buffer.from(svg(side, side, mark)) }])
    .jpeg(JPEG)
    .toBuffer();
}

const picture = ({ width, height, data }: Frame) =>
  sharp(i420ToRgb(data, width, height), { raw: { width, height, channels: 3 } });

/** The square around a head, cut off at the picture's edges. */
function placeIn({ width, height }: Frame, face: FaceLandmarks) {
  const { x, y, side } = place(face);
  const [left, top] = [Math.max(0, Math.floor(x - side * 0.75)), Math.max(0, Math.floor(y - side * 0.75))];
  const [right, bottom] = [Math.min(width, Math.ceil(x + side * 0.75)), Math.min(height, Math.ceil(y + side * 0.75))];
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : undefined;
}

function overlayOf(report: AvatarReport, face: FaceLandmarks | undefined, width: number, height: number): string {
  const colour = COLOURS[report.quality];
  const side = Math.min(width, height);
  const line = Math.max(1, side / 300);
  const outlines = Object.values(OUTLINES).map((indices) => (face ? outline(face, indices, line) : ''));
  const box = face ? faceBox([face]) : report.face;
  const frame = rectangle(box, line * 4, `fill="none" stroke="${colour}" stroke-width="${line * 2}"`);
  return svg(width, height, outlines.join('') + frame + badge(report.quality, side));
}

function outline(face: FaceLandmarks, indices: readonly number[], line: number): string {
  const points = indices.map((index) => landmark(face, index)).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
  const pen = `fill="none" stroke="#ffffff" stroke-opacity="0.75" stroke-width="${line}"`;
  return `<polygon points="${points.join(' ')}" ${pen}/>`;
}

/** The quality's sign and word in the upper left corner. */
function badge(quality: Quality, side: number): string {
  const height = Math.max(10, side / 24);
  const edge = height * 0.6;
  const word = quality.toUpperCase();
  const plate = { x: edge, y: edge, width: textWidth(word, height) + height * 3.8, height: height * 2.2 };
  const place = `transform="translate(${height * 1.2} ${height * 1.2}) scale(${height / 6})"`;
  const pen = 'fill="none" stroke="#ffffff" stroke-width="1.2" stroke-linecap="round" stroke-linejoin="round"';
  return [
    rectangle(plate, height * 0.5, `fill="${COLOURS[quality]}"`),
    `<path d="${SIGNS[quality]}" ${place} ${pen}/>`,
    drawText(word, { x: height * 3.4, y: height * 1.2, height, colour: '#ffffff' }),
  ].join('');
}

/** A frame's number on a thumbnail of that side. */
function label(index: number, side: number, colour: string): string {
  const height = side / 12;
  const edge = height / 2;
  const text = String(index);
  const plate = { x: edge, y: edge, width: textWidth(text, height) + height, height: height * 2 };
  const digits = drawText(text, { x: edge * 2, y: edge * 2, height, colour: '#ffffff' });
  return rectangle(plate, height * 0.4, `fill="${colour}"`) + digits;
}

const rectangle = ({ x, y, width, height }: FaceBox, round: number, paint: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" ${paint}/>`;

const svg = (width: number, height: number, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
