import { rm } from 'node:fs/promises';
import { SoyleError } from '../errors.ts';
import { AVATAR_CHARS, facePoint, VOICE_GENDERS } from '../types.ts';
import { avatarDetails, uploadFields, uploadRequest } from './avatar-schemas.ts';
import { avatarsOf, detailsOf } from './avatar-view.ts';
import { complaint, type Expectations, oneOf } from './complaints.ts';
import type { App, AppContext, AppDeps, AvatarUpload } from './deps.ts';
import { knownCode } from './errors.ts';
import { requestLanguage } from './language.ts';
import { errorAnswers, json } from './openapi.ts';
import { ownOrigin, uploadsOpen } from './origin.ts';
import { clientGone } from './render-request.ts';
import { type ReceivedForm, receiveForm } from './upload.ts';

/** Each may fill the disk with `maxUploadBytes` for as long as it takes to arrive. */
const MOST_ARRIVING = 8;
const MOST_PREPARING = 16;

const words = (most: number): Expectations[string] => ({
  ru: `строка длиной от 1 до ${most} символов, без управляющих символов`,
  kk: `ұзындығы 1 мен ${most} таңба аралығындағы, басқару таңбалары жоқ жол`,
  en: `a string of 1 to ${most} characters, none of them a control character`,
});
/** What the fields of the form may hold. */
const FIELDS: Expectations = {
  id: {
    ru: 'имя из букв a–z, цифр, "-" и "_", которое начинается с буквы или цифры, не длиннее 64 символов',
    kk: 'a–z әріптерінен, цифрлардан, "-" және "_" белгілерінен тұратын, әріптен не цифрдан басталатын, 64 таңбадан аспайтын атау',
    en: 'a name of a–z, digits, "-" and "_" that begins with a letter or digit, at most 64 characters',
  },
  name: words(AVATAR_CHARS.name),
  face: {
    ru: 'точка "x,y" в пикселях изображения, повёрнутого прямо, например 320,240',
    kk: 'тік тұрған суреттің пиксельдеріндегі "x,y" нүктесі, мысалы 320,240',
    en: 'a point "x,y" in pixels of the upright picture, such as 320,240',
  },
  idle: oneOf('alive', 'still'),
  gender: oneOf(...VOICE_GENDERS),
  licence: words(AVATAR_CHARS.words),
  origin: words(AVATAR_CHARS.words),
};

/** `POST /api/avatars`: a picture or short video becomes an avatar. */
export function addUpload(app: App, deps: AppDeps): void {
  const { settings, storage } = deps;
  const path = '/api/avatars';
  let arriving = 0;
  app.openAPIRegistry.registerPath({
    ...{ method: 'post', path, tags: ['Avatar'], summary: 'Makes an avatar of a picture or a short video' },
    description:
      'Answers as soon as the file is there; `url` can be asked and `events_url` followed until it is ready.',
    request: { body: { required: true, content: { 'multipart/form-data': { schema: uploadRequest } } } },
    responses: {
      202: json(avatarDetails, 'It is being prepared'),
      ...errorAnswers({
        400: ['file_required', 'file_empty', 'consent_required', 'invalid_request', 'malformed_form'],
        403: ['uploads_closed', 'origin_forbidden'],
        409: ['avatar_exists'],
        413: ['body_too_large'],
        415: ['unsupported_media_type', 'media_unsupported'],
        422: ['media_damaged', 'media_no_picture', 'picture_too_large'],
        429: ['queue_full'],
        500: ['preparation_failed', 'internal'],
        503: ['loading', 'stopping'],
        507: ['storage_full'],
      }),
    },
  });
  // The form is read here and not by the framework, which would have all of the file in memory.
  app.post(path, uploadsOpen(settings), ownOrigin(settings), async (c) => {
    const avatars = avatarsOf(deps);
    const { signal } = clientGone(c);
    const { maxUploadBytes: maxBytes } = settings;
    const preparing = avatars.list().filter(({ state, bundled }) => state === 'preparing' && !bundled).length;
    if (arriving >= MOST_ARRIVING || preparing >= MOST_PREPARING) throw new SoyleError('queue_full');
    const scratch = (extension: string): Promise<string> => {
      avatars.expect();
      return storage.scratch(extension);
    };
    arriving++;
    const form = await receiveForm(c, { field: 'file', maxBytes, scratch, signal }).finally(() => arriving--);
    const upload = await acceptable(c, form);
    const facts = await avatars.register(upload);
    const view = detailsOf(c, facts, settings.trustProxy);
    c.header('Location', view.url);
    return c.json(view, 202);
  });
}

/** What a form says, checked. A field left empty is as if absent. When it is refused, its file goes. */
async function acceptable(c: AppContext, { path, fields }: ReceivedForm): Promise<AvatarUpload> {
  const filled = Object.entries(fields).filter(([, value]) => value.trim() !== '');
  const parsed = uploadFields.safeParse(Object.fromEntries(filled));
  if (parsed.success && path !== undefined) {
    const { face, consent: _, ...said } = parsed.data;
    return { ...said, ...(face && { face: facePoint(face) }), path, consent: true };
  }
  if (path === undefined) throw new SoyleError('file_required');
  await rm(path, { force: true });
  const [issue] = parsed.error?.issues ?? [];
  const field = String(issue?.path[0]);
  throw new SoyleError(knownCode(issue?.message, 'invalid_request'), {
    detail: complaint(field, requestLanguage(c), FIELDS),
  });
}
