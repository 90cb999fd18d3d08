/** Which primaries weigh luma: SD video and JPEG use BT.601, HD video BT.709 (ITU-R BT.601-7, BT.709-6). */
export type Matrix = 'bt601' | 'bt709';

/**
 * Linear map between R'G'B' (0…255) and limited-range Y'CbCr (Y 16…235, Cb and Cr 16…240):
 * Y = 16 + yr·R + yg·G + yb·B, U = 128 + ur·R + ug·G + ub·B, V likewise;
 * back, with y = yScale·(Y − 16), u = U − 128, v = V − 128: R = y + rv·v, G = y + gu·u + gv·v, B = y + bu·u.
 */
export interface Yuv {
  yr: number;
  yg: number;
  yb: number;
  ur: number;
  ug: number;
  ub: number;
  vr: number;
  vg: number;
  vb: number;
  yScale: number;
  rv: number;
  gu: number;
  gv: number;
  bu: number;
}

function yuv(kr: number, kb: number): Yuv {
  const kg = 1 - kr - kb;
  const luma = 219 / 255;
  const blue = 112 / 255 / (1 - kb);
  const red = 112 / 255 / (1 - kr);
  return {
    yr: luma * kr,
    yg: luma * kg,
    yb: luma * kb,
    ur: -blue * kr,
    ug: -blue * kg,
    ub: blue * (1 - kb),
    vr: red * (1 - kr),
    vg: -red * kg,
    vb: -red * kb,
    yScale: 1 / luma,
    rv: 1 / red,
    gu: -kb / kg / blue,
    gv: -kr / kg / red,
    bu: 1 / blue,
  };
}

/** Coefficients of each matrix. */
export const YUV: Readonly<Record<Matrix, Readonly<Yuv>>> = { bt601: yuv(0.299, 0.114), bt709: yuv(0.2126, 0.0722) };

/** Bytes of an I420 picture. Width and height must be even. */
export const i420Size = (width: number, height: number): number => (width * height * 3) / 2;

/**
 * Interleaved RGB (`width`×`height`×3, 0…255) to limited-range I420. Chroma is the mean of its four pixels, sited
 * in their middle. Throws RangeError on odd sides or a short buffer.
 */
export function rgbToI420(rgb: Uint8Array, width: number, height: number, matrix: Matrix = 'bt601'): Uint8Array {
  if (width % 2 || height % 2) throw new RangeError(`I420 needs even sides, got ${width}×${height}`);
  if (rgb.length < width * height * 3) throw new RangeError('RGB buffer is shorter than the picture');
  const k = YUV[matrix];
  const out = new Uint8Array(i420Size(width, height));
  const uAt = width * height;
  const vAt = uAt + uAt / 4;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (const pixel of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
        const pr = rgb[pixel * 3]!;
        const pg = rgb[pixel * 3 + 1]!;
        const pb = rgb[pixel * 3 + 2]!;
        out[pixel] = Math.round(16 + k.yr * pr + k.yg * pg + k.yb * pb);
        r += pr;
        g += pg;
        b += pb;
      }
      const chroma = (y / 2) * (width / 2) + x / 2;
      out[uAt + chroma] = Math.round(128 + (k.ur * r + k.ug * g + k.ub * b) / 4);
      out[vAt + chroma] = Math.round(128 + (k.vr * r + k.vg * g + k.vb * b) / 4);
    }
  }
  return out;
}

/**
 * Limited-range I420 to interleaved RGB, each chroma sample shared by its four pixels. Many pictures one after another can
 * share the bytes they become, `into`.
 */
export function i420ToRgb(
  i420: Uint8Array,
  width: number,
  height: number,
  matrix: Matrix = 'bt601',
  into = new Uint8Array(width * height * 3),
): Uint8Array {
  const k = YUV[matrix];
  const rgb = new Uint8ClampedArray(into.buffer, into.byteOffset, into.length);
  const uAt = width * height;
  const vAt = uAt + uAt / 4;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const chroma = (y >> 1) * (width / 2) + (x >> 1);
      const luma = k.yScale * (i420[pixel]! - 16);
      const u = i420[uAt + chroma]! - 128;
      const v = i420[vAt + chroma]! - 128;
      rgb[pixel * 3] = luma + k.rv * v;
      rgb[pixel * 3 + 1] = luma + k.gu * u + k.gv * v;
      rgb[pixel * 3 + 2] = luma + k.bu * u;
    }
  }
  return into;
}
