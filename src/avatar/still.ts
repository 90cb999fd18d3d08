import type { Avatar } from './avatar.ts';

/**
 * The avatar as one still picture whose mouth moves: the first of its frames in which a face was found and the mouth is
 * closed or, where that is never so for long, the one in which it is most closed.
 */
export function stillOf(avatar: Avatar): Avatar {
  if (avatar.frames.length === 1) return avatar;
  const closed = avatar.crops.findIndex((crop, index) => crop && !avatar.mouthOpen[index]);
  const chosen = closed >= 0 ? closed : avatar.rest.frame;
  const open = closed < 0 && avatar.rest.open;
  const only = <T>(list: readonly T[]): readonly T[] => list.slice(chosen, chosen + 1);
  return {
    ...avatar,
    frames: only(avatar.frames),
    crops: only(avatar.crops),
    masks: only(avatar.masks),
    mouthOpen: [open],
    drawnFrom: [0],
    rest: { frame: 0, open },
    reference: (_, size) => avatar.reference(chosen, size),
  };
}
