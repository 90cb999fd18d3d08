import { SoyleError } from '../errors.ts';
import { type Look, type Pads, VIDEO_FORMATS } from '../types.ts';
import { type Expectations, oneOf } from './complaints.ts';
import type { Looks } from './deps.ts';
import type { LookFields } from './look-schemas.ts';

/** What fields hold on rendering routes that hold something else on others. */
export const LOOK_EXPECTED: Expectations = {
  model: {
    ru: 'идентификатор модели из /api/models',
    kk: '/api/models ішіндегі модель идентификаторы',
    en: 'the id of a model of /api/models',
  },
  format: oneOf(...VIDEO_FORMATS),
};

/** A look as the renderer takes it, without what is as usual. */
export function lookOf({ model, static_mode, pads, background, resolution, crop, format }: LookFields): Look {
  const isColour = typeof background === 'string' && background.startsWith('#');
  const wanted: Pads | undefined = pads?.some((percent) => percent !== 0) ? pads : undefined;
  return {
    model,
    staticMode: static_mode || undefined,
    pads: wanted,
    background: isColour ? { colour: background } : (background as Look['background']),
    resolution,
    crop,
    format,
  };
}

/**
 * Rejects before any work with what can be told without opening the avatar: `model_unknown`, `background_unknown`,
 * `format_opaque`.
 */
export async function checkLook(looks: Looks | undefined, { model, background, format }: Look): Promise<void> {
  if (background === 'transparent' && format === 'mp4') throw new SoyleError('format_opaque');
  if (model !== undefined) looks?.checkModel(model);
  if (typeof background === 'object' && 'picture' in background) await looks?.checkBackground(background.picture);
}
