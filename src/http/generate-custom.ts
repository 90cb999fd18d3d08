import { createRoute } from '@hono/zod-openapi';
import { PAD, type Pads } from '../types.ts';
import { rejectInvalid } from './body.ts';
import type { App, AppDeps } from './deps.ts';
import { answerVideo, videoResponses } from './generate.ts';
import { LOOK_EXPECTED } from './look.ts';
import { jsonRequest } from './openapi.ts';
import { beforeRendering } from './render-request.ts';
import { generateCustomRequest, OLD_PAD_BOTTOM } from './schemas.ts';

/** Side of the crop in whose pixels the older server counted. */
const OLD_CROP = 96;

/** The older server's pads, top, bottom, left and right in pixels, as percent on top of what every crop has. */
export const padsOfPixels = (top: number, bottom: number, left: number, right: number): Pads => {
  const percent = (pixels: number): number => Math.min(PAD.max, Math.max(PAD.min, (pixels / OLD_CROP) * 100));
  return [percent(top), percent(bottom - OLD_PAD_BOTTOM), percent(left), percent(right)];
};

/** `POST /api/generate_stream_custom`: `generate_stream` with the model and the pads that the older server took. */
export function addGenerateCustom(app: App, deps: AppDeps): void {
  const { maxTextChars } = deps.settings;
  const route = createRoute({
    method: 'post',
    path: '/api/generate_stream_custom',
    tags: ['Speech'],
    summary: 'As `generate_stream`, with pads in pixels of a crop of 96',
    middleware: beforeRendering(deps),
    request: jsonRequest(generateCustomRequest(maxTextChars)),
    responses: videoResponses,
  });
  app.openapi(
    route,
    (c) => {
      const { pad_top, pad_bottom, pad_left, pad_right, chunk_index, ...body } = c.req.valid('json');
      const pads = padsOfPixels(pad_top, pad_bottom, pad_left, pad_right);
      return answerVideo(
        c,
        deps,
        { ...body, pads: [...pads] },
        { disposition: 'inline', name: `chunk_${chunk_index}` },
      );
    },
    rejectInvalid(maxTextChars, LOOK_EXPECTED),
  );
}
