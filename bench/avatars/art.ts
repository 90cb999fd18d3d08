import sharp from 'sharp';

/** Ink of a drawing, and how many shades of each colour a painter has. */
const SHADES = 9;
const STROKE = 7;

/** A photo as if it were painted: broad strokes (medians), few shades, canvas. */
export async function paintOver(photo: string, path: string): Promise<void> {
  const { data, info } = await sharp(photo)
    .removeAlpha()
    .median(STROKE)
    .median(STROKE)
    .modulate({ saturation: 1.35 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const step = 255 / SHADES;
  for (const [at, value] of data.entries()) {
    const column = Math.floor(at / info.channels) % info.width;
    const row = Math.floor(at / info.channels / info.width);
    const canvas = 4 * (Math.sin(column * 1.9) + Math.sin(row * 1.9));
    data[at] = Math.max(0, Math.min(255, 0.6 * Math.round(value / step) * step + 0.4 * value + canvas));
  }
  const { width, height, channels } = info;
  await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 88 }).toFile(path);
}

/** A face as children draw it, of plain shapes. */
export async function drawCartoon(path: string): Promise<void> {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800">
    <rect width="800" height="800" fill="#ffe08a"/>
    <rect x="250" y="640" width="300" height="200" rx="70" fill="#2f7dd1"/>
    <path d="M190 330C190 90 610 90 610 330L600 400H200Z" fill="#5b3416"/>
    <ellipse cx="400" cy="410" rx="200" ry="245" fill="#f6c8a4" stroke="#222" stroke-width="8"/>
    <path d="M205 330C260 210 540 210 595 330C520 270 280 270 205 330Z" fill="#5b3416"/>
    <g fill="#fff" stroke="#222" stroke-width="6">
      <ellipse cx="320" cy="380" rx="48" ry="38"/><ellipse cx="480" cy="380" rx="48" ry="38"/>
    </g>
    <circle cx="325" cy="384" r="20" fill="#27506e"/><circle cx="475" cy="384" r="20" fill="#27506e"/>
    <g fill="none" stroke="#222" stroke-width="10" stroke-linecap="round">
      <path d="M265 315Q320 285 370 312"/><path d="M430 312Q480 285 535 315"/>
      <path d="M400 400Q378 470 392 482Q404 490 418 482"/>
    </g>
    <path d="M320 555Q400 540 480 555Q400 605 320 555Z" fill="#c2504c" stroke="#222" stroke-width="6"/>
  </svg>`;
  await sharp(Buffer.from(drawing)).png().toFile(path);
}
