import type { Avatar } from './avatar.ts';

/** The avatar as one still picture whose mouth moves: its frame at rest. */
export function stillOf(avatar: Avatar): Avatar {
  if (avatar.frames.length === 1) return avatar;
  const { frame: chosen, open } = avatar.rest;
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
