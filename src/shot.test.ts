import { describe, expect, it } from 'vitest';
import { encodingOf, planShot, showFrames } from './shot.ts';
import type { Frame, Look } from './types.ts';
import { plainFrame } from './video/picture.ts';

const SIZE = { width: 64, height: 48 };
const FACE = { x: 30, y: 12, width: 8, height: 12 };
const GREEN = '#14aa46';
const green = plainFrame(GREEN, SIZE);
const screen = { u: green.data[SIZE.width * SIZE.height]! - 128, v: green.data.at(-1)! - 128 };
const filmed = { id: 'anna', ...SIZE, face: FACE, screen };
const photographed = { id: 'max', ...SIZE, face: FACE };

const backdrop = async (id: string, size: { width: number; height: number }): Promise<Frame> => {
  expect(id).toBe('office');
  return plainFrame('#808080', size);
};
const plan = (look: Look, avatar: typeof filmed | typeof photographed = filmed) => planShot(avatar, look, backdrop);

async function* once(...pictures: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pictures;
}

/** What a picture becomes. */
async function shown(picture: Uint8Array, look: Look, avatar: typeof filmed | typeof photographed = filmed) {
  for await (const out of showFrames(once(picture), avatar, await plan(look, avatar))) return out;
  return expect.unreachable('a picture was given');
}

describe('planShot', () => {
  it('is the avatar itself when nothing is asked', async () => {
    const shot = await plan({});
    expect(shot).toEqual({ cut: { x: 0, y: 0, ...SIZE }, ...SIZE, format: 'mp4', background: 'keep' });
    expect(encodingOf(shot)).toEqual({ ...SIZE, scaled: undefined, format: 'mp4', alpha: false });
  });

  it('scales what was cut', async () => {
    const shot = await plan({ crop: 'square', resolution: 96 });
    expect(encodingOf(shot)).toMatchObject({ width: 48, height: 48, scaled: { width: 96, height: 96 } });
  });

  it('chooses a format that can be transparent', async () => {
    expect(await plan({ background: 'transparent' })).toMatchObject({ format: 'webm' });
    expect(await plan({ format: 'stacked-mp4' })).toMatchObject({ background: 'transparent' });
    expect(await plan({ format: 'webm' })).toMatchObject({ format: 'webm', background: 'keep' });
  });

  it('opens a background picture as large as what is shown', async () => {
    const { cut, background } = await plan({ crop: 'head', background: { picture: 'office' } });
    expect(background).toMatchObject({ width: cut.width, height: cut.height });
  });

  it.each<[string, Look, string]>([
    ['transparency', { background: 'transparent' }, 'matte_missing'],
    ['a colour', { background: { colour: '#ffffff' } }, 'matte_missing'],
    ['a picture', { background: { picture: 'office' } }, 'matte_missing'],
    ['a stacked file', { format: 'stacked-mp4' }, 'matte_missing'],
  ])('refuses %s behind an avatar without a screen', async (_, look, code) => {
    await expect(plan(look, photographed)).rejects.toMatchObject({ code, params: { avatar: 'max' } });
  });

  it.each<[Look, string]>([
    [{ background: 'transparent', format: 'mp4' }, 'format_opaque'],
    [{ background: 'keep', format: 'stacked-mp4' }, 'format_transparent'],
    [{ background: { colour: '#102030' }, format: 'stacked-mp4' }, 'format_transparent'],
  ])('refuses %o', async (look, code) => {
    await expect(plan(look)).rejects.toMatchObject({ code });
  });
});

describe('showFrames', () => {
  it('hands pictures through when nothing is asked, uncopied', async () => {
    expect(await shown(green.data, { resolution: 24, format: 'webm' })).toBe(green.data);
  });

  it('cuts what is not all shown', async () => {
    const picture = Uint8Array.from(green.data, (_, at) => at % 251);
    const { cut } = await plan({ crop: 'head' });
    const out = await shown(picture, { crop: 'head' });
    expect(out).toHaveLength((cut.width * cut.height * 3) / 2);
    expect(out[0]).toBe(picture[cut.y * SIZE.width + cut.x]);
  });

  it('shows the background instead of the screen, and the person as they are', async () => {
    const person = plainFrame('#c08070', SIZE).data;
    expect(await shown(green.data, { background: { colour: '#3060c0' } })).toEqual(plainFrame('#3060c0', SIZE).data);
    expect(await shown(person, { background: { colour: '#3060c0' } })).toEqual(person);
  });

  it('adds the matte behind a transparent picture', async () => {
    const area = SIZE.width * SIZE.height;
    const out = await shown(green.data, { background: 'transparent' });
    expect(out).toHaveLength(2.5 * area);
    expect(out.subarray(1.5 * area).every((seen) => seen === 0)).toBe(true);
    const person = await shown(plainFrame('#c08070', SIZE).data, { background: 'transparent' });
    expect(person.subarray(1.5 * area).every((seen) => seen === 255)).toBe(true);
  });

  it('leaves a picture alone until the second after it is asked for', async () => {
    const pictures = ['#111111', '#555555', '#999999', '#dddddd'].map((colour) => plainFrame(colour, SIZE).data);
    const luma: number[][] = [];
    const kept: Uint8Array[] = [];
    for await (const out of showFrames(once(...pictures), filmed, await plan({ crop: 'head' }))) {
      kept.push(out);
      luma.push(kept.slice(-2).map((picture) => picture[0]!));
    }
    const first = pictures.map((picture) => picture[0]!);
    expect(luma).toEqual(first.map((_, index) => first.slice(Math.max(0, index - 1), index + 1)));
  });

  it('ends its source when it is left', async () => {
    let ended = false;
    async function* source() {
      try {
        for (;;) yield green.data;
      } finally {
        ended = true;
      }
    }
    for await (const _ of showFrames(source(), filmed, await plan({ crop: 'head' }))) break;
    expect(ended).toBe(true);
  });
});
