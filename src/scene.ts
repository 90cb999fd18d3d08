import type { Avatar } from './avatar/avatar.ts';
import { stillOf } from './avatar/still.ts';
import type { LipSync } from './lipsync/lipsync.ts';
import { planShot, type Shot } from './shot.ts';
import type { Frame, Look, VoiceGender } from './types.ts';

/** An avatar and the lips model that moves its mouth. */
export interface Stage {
  /** Framed as the model wants to see it, with the request's pads if it takes any. */
  avatar: Avatar;
  lips: LipSync;
  /** What of the look went unheeded (`pads_ignored`); absent when nothing did. */
  warnings?: readonly string[];
  /** Until then neither is unloaded; may be called twice. */
  release(): void;
}

/** Where scenes come from; `services.ts` chooses it. */
export interface Staging {
  /**
   * The avatar of that id, or the server's default, and the model of `look`, for one stream. Rejects with
   * `avatar_unknown`, `model_unknown`, what keeps one of them from being loaded, or the signal's reason.
   */
  open(avatarId: string | undefined, look: Look, signal: AbortSignal): Promise<Stage>;
  /** Of the voice that an avatar speaks with where a request names none; `undefined` where nobody said, or there is none. */
  genderOf(avatarId: string | undefined): VoiceGender | undefined;
  /** A background picture by its id, cut to exactly that size. Rejects with `background_unknown`. */
  backdrop(id: string, size: Pick<Frame, 'width' | 'height'>): Promise<Frame>;
}

/** A stage and how it is shown. */
export interface Scene extends Stage {
  shot: Shot;
}

/** What one stream is rendered with, to be released. Rejects as `open`, `planShot` and `backdrop` do. */
export async function openScene(
  avatarId: string | undefined,
  look: Look = {},
  staging: Staging,
  signal: AbortSignal,
): Promise<Scene> {
  const stage = await staging.open(avatarId, look, signal);
  try {
    const avatar = look.staticMode ? stillOf(stage.avatar) : stage.avatar;
    const shot = await planShot(avatar, look, (id, size) => staging.backdrop(id, size));
    return { ...stage, avatar, shot };
  } catch (error) {
    stage.release();
    throw error;
  }
}
