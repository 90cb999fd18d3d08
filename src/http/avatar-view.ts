import type { AvatarFacts } from '../avatar/facts.ts';
import type { AvatarReport } from '../avatar/report.ts';
import { SoyleError } from '../errors.ts';
import { AVATAR_FILE, FRAME_MS } from '../types.ts';
import type { AvatarSummary } from './avatar-schemas.ts';
import type { AppContext, AppDeps, Avatars, HttpSettings } from './deps.ts';
import { requestLanguage } from './language.ts';
import { publicPrefix } from './prefix.ts';

/** What a client reads of an avatar in a list. */
export function summaryOf(c: AppContext, facts: AvatarFacts, trustProxy: boolean): AvatarSummary {
  const { id, name, kind = null, state, progress, stage, error, bundled, width, height, frames, report } = facts;
  const url = `${publicPrefix(c, trustProxy)}/api/avatars/${id}`;
  const ready = state === 'ready';
  return {
    ...{ id, name, kind, state, progress, stage, default: facts.default, bundled },
    ...(error && { error: error.text(requestLanguage(c)), code: error.code }),
    ...{ url, events_url: `${url}/events` },
    ...(ready && { picture_url: `${publicPrefix(c, trustProxy)}/api/avatar?id=${id}`, preview_url: `${url}/preview` }),
    ...(facts.idlePath !== undefined && { idle_url: `${url}/idle.mp4` }),
    ...{ width, height, face: report && boxOf(report.face), quality: report?.quality },
    ...(frames !== undefined && { duration: (frames * FRAME_MS) / 1000 }),
    ...(facts.createdAt !== undefined && { created_at: new Date(facts.createdAt).toISOString() }),
    ...{ gender: facts.gender, licence: facts.licence, origin: facts.origin, consent_at: facts.consentAt },
  };
}

const boxOf = ({ x, y, width, height }: AvatarReport['face']) => ({ x, y, width, height });

/** What an upload may be. */
export const limitsOf = ({ maxUploadBytes }: HttpSettings) => ({
  picture_bytes: Math.min(AVATAR_FILE.pictureBytes, maxUploadBytes),
  upload_bytes: maxUploadBytes,
  seconds: AVATAR_FILE.seconds,
});

/** The same with the report. */
export const detailsOf = (c: AppContext, facts: AvatarFacts, trustProxy: boolean) => ({
  ...summaryOf(c, facts, trustProxy),
  report: facts.report,
});

/** Throws where the avatar cannot speak or be shown now: with `avatar_preparing`, or what keeps it from that at all. */
export function checkReady({ id, state, error }: AvatarFacts): void {
  if (state === 'preparing') throw new SoyleError('avatar_preparing', { avatar: id });
  if (state === 'failed') throw error ?? new SoyleError('avatar_unknown', { avatar: id, known: '' });
}

/** Throws `loading` until they are known. */
export function avatarsOf({ avatars }: Pick<AppDeps, 'avatars'>): Avatars {
  const known = avatars();
  if (!known) throw new SoyleError('loading');
  return known;
}
