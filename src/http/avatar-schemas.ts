import { z } from '@hono/zod-openapi';
import { AVATAR_STATES, STAGES } from '../avatar/facts.ts';
import { QUALITIES, reportSchema } from '../avatar/report.ts';
import { isChosenId } from '../ids.ts';
import { AVATAR_CHARS, FACE_POINT, PLAIN_WORDS, VOICE_GENDERS } from '../types.ts';

const words = z.string().trim().min(1).max(AVATAR_CHARS.words).regex(PLAIN_WORDS);

/** An avatar as requests call it. What does not look like an id is simply none that there is. */
export const avatarId = z.string().min(1).max(AVATAR_CHARS.words).openapi({
  description: 'Who speaks; the server’s own choice when absent',
  example: 'anna',
});

/** The fields of an upload besides its file; all of them arrive as text, and one left empty is as if absent. */
export const uploadFields = z
  .object({
    id: z.string().refine(isChosenId).optional().openapi({
      description: 'What requests will call it, a letter or digit first; made up when absent',
      pattern: '^[a-z0-9][a-z0-9_-]{0,63}$',
    }),
    name: z
      .string()
      .trim()
      .min(1)
      .max(AVATAR_CHARS.name)
      .regex(PLAIN_WORDS)
      .optional()
      .openapi({ description: 'For people; the id when absent' }),
    face: z
      .string()
      .regex(FACE_POINT)
      .optional()
      .openapi({ description: 'A point on the face that is meant, `x,y` in pixels of the upright picture' }),
    idle: z.enum(['alive', 'still']).optional().openapi({
      description: '`still`: a picture does not breathe and blink',
    }),
    gender: z.enum(VOICE_GENDERS).optional().openapi({
      description: 'Of the voice that speaks where a request names none',
    }),
    licence: words.optional(),
    origin: words.optional().openapi({ description: 'Who or what is shown and where it comes from' }),
    consent: z.literal('true', { error: 'consent_required' }).openapi({
      description: 'The person shown has agreed',
    }),
  })
  .openapi('AvatarFields');

export const uploadRequest = uploadFields
  .extend({
    file: z.string().openapi({ format: 'binary', description: 'PNG, JPEG, WebP, MP4, MOV, WebM, MKV or GIF' }),
  })
  .openapi('AvatarUpload');

const shared = {
  id: z.string().openapi({ example: 'anna' }),
  name: z.string(),
  kind: z.enum(['picture', 'video']).nullable(),
  state: z.enum(AVATAR_STATES),
  progress: z.number().min(0).max(1),
  stage: z.enum(STAGES).optional().openapi({ description: 'While it is being prepared' }),
  error: z.string().optional().openapi({ description: 'If it failed' }),
  code: z.string().optional().openapi({ description: 'If it failed; one of the errors' }),
  default: z.boolean().openapi({ description: 'Speaks where a request names none' }),
  bundled: z.boolean().openapi({ description: 'Came with the server and cannot be deleted' }),
  url: z.string().openapi({ example: '/api/avatars/anna' }),
  events_url: z.string(),
  picture_url: z.string().optional().openapi({ description: 'From here on: once it is ready' }),
  preview_url: z.string().optional().openapi({ description: 'The report drawn on the picture' }),
  idle_url: z.string().optional().openapi({ description: 'The loop as an MP4; absent for a still picture' }),
  width: z.int().optional(),
  height: z.int().optional(),
  duration: z.number().optional().openapi({ description: 'Of the loop, seconds' }),
  face: z
    .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
    .optional()
    .openapi({ description: 'Where the face is, pixels of `width` and `height`' }),
  quality: z.enum(QUALITIES).optional(),
  created_at: z.string().optional().openapi({ format: 'date-time' }),
  gender: z.enum(VOICE_GENDERS).optional().openapi({ description: 'Of its voice where a request names none' }),
  licence: z.string().optional(),
  origin: z.string().optional(),
  consent_at: z.string().optional().openapi({ format: 'date-time' }),
};

export const avatarSummary = z.object(shared).openapi('AvatarSummary');
export type AvatarSummary = z.infer<typeof avatarSummary>;

export const avatarDetails = z.object({ ...shared, report: reportSchema.optional() }).openapi('Avatar');

export const avatarsAnswer = z
  .object({
    default: z.string(),
    uploads: z.boolean().openapi({ description: 'Whether avatars can be uploaded and deleted from here' }),
    max_upload_bytes: z.int(),
    limits: z.object({
      picture_bytes: z.int().openapi({ description: 'Largest picture file' }),
      upload_bytes: z.int().openapi({ description: 'Largest file of all, as `max_upload_bytes`' }),
      seconds: z.int().openapi({ description: 'So much of a video is taken, from its beginning' }),
    }),
    avatars: z.array(avatarSummary),
  })
  .openapi('AvatarsAnswer');

export const deletedAnswer = z.object({ id: z.string(), deleted: z.literal(true) }).openapi('AvatarDeleted');
