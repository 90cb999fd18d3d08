import { createRoute } from '@hono/zod-openapi';
import { SoyleError } from '../errors.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { answerMedia, fileMedia } from './media.ts';
import { binary, errorAnswers } from './openapi.ts';

const NOT_MODIFIED = { description: 'The client has it already' };

// Relative, and so right behind any prefix.
const LOOP_LINK = '<avatar/idle.mp4>; rel="alternate"; type="video/mp4"';

/** `GET /api/avatar` (the picture) and `GET /api/avatar/idle.mp4` (the loop; 404 when the avatar is a photo). */
export function addAvatar(app: App, { avatar }: AppDeps): void {
  const files = () => {
    const found = avatar();
    if (!found) throw new SoyleError('loading');
    return found;
  };
  const answer = async (c: AppContext, path: string | undefined) => {
    const media = path === undefined ? undefined : await fileMedia(path);
    return answerMedia(c, media, { cacheControl: 'no-cache', missing: 'not_found', embeddable: true });
  };

  const picture = createRoute({
    method: 'get',
    path: '/api/avatar',
    tags: ['Avatar'],
    summary: "The avatar's picture",
    responses: {
      200: binary('image/*', 'PNG, JPEG or WebP; the header `Link` names the idle loop if there is one'),
      304: NOT_MODIFIED,
      ...errorAnswers({ 404: ['not_found'], 503: ['loading'] }),
    },
  });
  app.openapi(picture, (c) => {
    const { posterPath, idlePath } = files();
    if (idlePath !== undefined) c.header('Link', LOOP_LINK);
    return answer(c, posterPath);
  });

  const idle = createRoute({
    method: 'get',
    path: '/api/avatar/idle.mp4',
    tags: ['Avatar'],
    summary: 'The avatar idling, a seamless loop; ranges work',
    responses: {
      200: binary('video/mp4', 'The whole loop'),
      206: binary('video/mp4', 'The range asked for'),
      304: NOT_MODIFIED,
      ...errorAnswers({ 404: ['not_found'], 416: ['range_not_satisfiable'], 503: ['loading'] }),
    },
  });
  app.openapi(idle, (c) => answer(c, files().idlePath));
}
