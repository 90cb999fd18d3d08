import type { Avatar } from './avatar.ts';

/**
 * The avatar as one still picture whose mouth moves: the first of its frames in which a face was found and the mouth is
 * closed, or the first with a face.
 */
export function stillOf(avatar: Avatar): Avatar {
  if (avatar.frames.length === 1) return avatar;
  const found = avatar.crops.flatMap((crop, index) => (crop ? [index] : []));
  const chosen = found.find((index) => !avatar.mouthOpen[index]) ?? found[0] ?? 0;
  const only = <T>(list: readonly T[]): readonly T[] => list.slice(chosen, chosen + 1);
  return {
    ...avatar,
    frames: only(avatar.frames),
    crops: only(avatar.crops),
    masks: only(avatar.masks),
    mouthOpen: only(avatar.mouthOpen),
    reference: (_, size) => avatar.reference(chosen, size),
  };
}
