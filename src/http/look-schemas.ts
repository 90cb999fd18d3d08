import { z } from '@hono/zod-openapi';
import { isChosenId } from '../ids.ts';
import { COLOUR, CROPS, PAD, RESOLUTION, VIDEO_FORMATS } from '../types.ts';

/** A loop has no more frames than this, however often it was played. */
export const POSE = { min: 0, max: 1_000_000_000 } as const;

const pad = z.number().min(PAD.min).max(PAD.max);

/** How a request wants to see its avatar; every rendering route takes these fields. */
export const lookFields = {
  model: z.string().min(1).max(64).optional().openapi({
    description: 'Lips model, one of `GET /api/models`; the default of the server when absent',
    example: 'soyle',
  }),
  static_mode: z.boolean().default(false).openapi({
    description: '`true`: a still picture whose mouth moves, `false`: the moving avatar',
  }),
  pads: z
    .tuple([pad, pad, pad, pad])
    .optional()
    .openapi({
      description:
        'What a model of kind `wav2lip` sees more at the top, bottom, left and right of the face, percent of its crop; ' +
        'others are shown each face alike, with the warning `pads_ignored`',
      example: [0, 10, 0, 0],
    }),
  background: z
    .union([
      z.enum(['keep', 'transparent']),
      z.string().regex(COLOUR),
      z.strictObject({ picture: z.string().refine(isChosenId) }),
    ])
    .optional()
    .openapi({
      description:
        'What is behind an avatar that stands before a green screen or has transparency: `keep`, `transparent`, a ' +
        'colour, or `{"picture": "…"}`, one of `GET /api/backgrounds`. When absent `keep`, with `stacked-mp4` `transparent`',
      example: '#20304f',
    }),
  resolution: z
    .int()
    .min(RESOLUTION.min)
    .max(RESOLUTION.max)
    .optional()
    .openapi({
      description:
        'Height of the video, pixels, an odd one less one; the width follows, and where it would be more than ' +
        `${RESOLUTION.max} the height is less. The avatar's own when absent`,
      example: 480,
    }),
  crop: z.enum(CROPS).default('full').openapi({
    description: 'How much of the picture is shown; all but `full` are found from the face',
  }),
  format: z.enum(VIDEO_FORMATS).optional().openapi({
    description:
      '`stacked-mp4`: colours above, their matte below. When absent `webm` for a transparent background, else `mp4`',
  }),
  pose: z
    .int()
    .min(POSE.min)
    .max(POSE.max)
    .optional()
    .openapi({
      description:
        "Frame of the avatar's loop at which it begins (25 a second), such as the `end_pose` of the chunk before; with it " +
        'every chunk tells its own `end_pose`',
    }),
};

const lookSchema = z.object(lookFields);
export type LookFields = z.output<typeof lookSchema>;
