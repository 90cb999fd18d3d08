import { describe, expect, it } from 'vitest';
import { greyFace } from '../../test/fixtures/avatars.ts';
import type { PreparedAvatar } from './footage.ts';
import { AvatarShelf } from './shelf.ts';

const FRAMING = { eyes: 0.3, mouth: 0.6, aspect: 1.5 };
const SIDE = 32;

const preparedAs = (id: string): PreparedAvatar =>
  ({
    source: { id, name: id },
    prepared: { width: SIDE, height: SIDE, circular: true, poster: 'a.jpg' },
    cacheDir: '',
  }) as PreparedAvatar;

/** A shelf that notes what was opened; every avatar has one frame of 1,536 bytes, landmarks of 5,616 and a mask of 65,536. */
function shelfOf(memoryBytes: number) {
  const opened: string[] = [];
  const shelf = new AvatarShelf({
    memoryBytes,
    open: async ({ source }) => {
      opened.push(source.id);
      if (source.id === 'broken') throw new Error('no such file');
      return {
        frames: [{ width: SIDE, height: SIDE, data: new Uint8Array((SIDE * SIDE * 3) / 2) }],
        faces: [greyFace()],
      };
    },
  });
  return { shelf, opened };
}

const [a, b, c] = ['a', 'b', 'c'].map(preparedAs) as [PreparedAvatar, PreparedAvatar, PreparedAvatar];

describe('the shelf', () => {
  it('opens an avatar once for all who want it at the same time, and keeps it', async () => {
    const { shelf, opened } = shelfOf(1e6);
    const [one, other] = await Promise.all([shelf.take(a, FRAMING), shelf.take(a, FRAMING)]);
    one.release();
    other.release();
    expect((await shelf.take(a, FRAMING)).avatar).toBe(one.avatar);
    expect(opened).toEqual(['a']);
  });

  it('lets the one go that was not used for the longest time, but none in use', async () => {
    const { shelf, opened } = shelfOf(150_000);
    const held = await shelf.take(a, FRAMING);
    (await shelf.take(b, FRAMING)).release();
    (await shelf.take(c, FRAMING)).release();
    (await shelf.take(a, FRAMING)).release();
    expect(opened).toEqual(['a', 'b', 'c']);
    (await shelf.take(b, FRAMING)).release();
    expect(opened).toEqual(['a', 'b', 'c', 'b']);
    held.release();
    held.release();
    (await shelf.take(c, FRAMING)).release();
    (await shelf.take(b, FRAMING)).release();
    expect(opened).toEqual(['a', 'b', 'c', 'b', 'c']);
  });

  const padded = (top: number) => ({ ...FRAMING, pads: [top, 0, 0, 0] as const });

  it('keeps a few framings of an avatar, of pads in whole percents', async () => {
    const { shelf } = shelfOf(1e9);
    const view = async (top: number) => (await shelf.take(a, padded(top))).avatar;
    const [one, two] = [await view(1), await view(2)];
    expect(await view(1.4)).toBe(one);
    for (const top of [3, 4]) await view(top);
    expect(await view(1)).toBe(one);
    expect(await view(2)).not.toBe(two);
  });

  it('counts masks and crops: what they take is let go with the avatar', async () => {
    // Two avatars with their masks, but not with a crop of 3 * 200² bytes too.
    const { shelf, opened } = shelfOf(200_000);
    const held = await shelf.take(a, FRAMING);
    (await shelf.take(b, FRAMING)).release();
    held.release();
    (await shelf.take(a, FRAMING)).release();
    expect(opened).toEqual(['a', 'b']);
    const again = await shelf.take(b, FRAMING);
    expect(again.avatar.reference(0, 200)).toBe(again.avatar.reference(0, 200));
    again.release();
    (await shelf.take(a, FRAMING)).release();
    expect(opened).toEqual(['a', 'b', 'a']);
  });

  it('opens anew what was prepared anew, and what it was told to forget', async () => {
    const { shelf, opened } = shelfOf(1e6);
    const old = await shelf.take(a, FRAMING);
    const young = await shelf.take({ ...a, prepared: { ...a.prepared } }, FRAMING);
    expect(young.avatar).not.toBe(old.avatar);
    shelf.drop('a');
    await shelf.take(a, FRAMING);
    expect(opened).toEqual(['a', 'a', 'a']);
  });

  it('tries again after a failure, and stops for who left', async () => {
    const { shelf, opened } = shelfOf(1e6);
    const broken = preparedAs('broken');
    await expect(shelf.take(broken, FRAMING)).rejects.toThrow('no such file');
    await expect(shelf.take(broken, FRAMING)).rejects.toThrow('no such file');
    expect(opened).toEqual(['broken', 'broken']);
    await expect(shelf.take(a, FRAMING, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
