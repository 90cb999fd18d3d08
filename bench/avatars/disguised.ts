import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pngBomb } from './png-bomb.ts';

/** What the files below point to: a file that nobody may read and an address that nobody may ask. */
export interface Bait {
  file: string;
  url: string;
}

/**
 * Writes files that are not what they are called, or hold a second meaning; `picture` is a good one to hide in. A
 * decoder that follows what they name would touch the bait.
 */
export async function makeDisguised(dir: string, picture: string, { file, url }: Bait): Promise<void> {
  await mkdir(dir, { recursive: true });
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${url}\n#EXTINF:1,\nfile://${file}\n#EXT-X-ENDLIST\n`;
  const concat = `ffconcat version 1.0\nfile '${file}'\nfile '${url}'\n`;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" width="900" height="900">
<image x:href="${url}" width="9" height="9"/><image x:href="file://${file}" width="9" height="9"/></svg>`;
  const png = await readFile(picture);
  const box = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'latin1');
  const files: Record<string, string | Buffer> = {
    'playlist.mp4': playlist,
    'ffconcat.mp4': concat,
    'drawing.png': drawing,
    'polyglot.mp4': Buffer.concat([box, Buffer.from(`\n${playlist}`)]),
    'polyglot.gif': `GIF89a/*${playlist}*/`,
    'polyglot.png': Buffer.concat([png, Buffer.from(`<script>alert(1)</script>\n${concat}`)]),
    'empty.png': '',
    'bomb-30000.png': await pngBomb(30_000),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
}
