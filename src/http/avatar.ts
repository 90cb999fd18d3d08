import { createRoute, z } from '@hono/zod-openapi';
import type { AvatarFacts } from '../avatar/facts.ts';
import { avatarId } from './avatar-schemas.ts';
import { avatarsOf, checkReady } from './avatar-view.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { answerMedia, fileMedia } from './media.ts';
import { binary, errorAnswers, namedFileErrors } from './openapi.ts';
import { isEmbeddable, seen } from './origin.ts';
import { clientGone } from './render-request.ts';

const NOT_MODIFIED = { description: 'The client has it already' };

const query = z.object({ id: avatarId.optional() });

/**
 * `GET /api/avatar` (the picture) and `GET /api/avatar/idle.mp4` (the loop; 404 when the avatar is a still picture) of
 * the default avatar, or of the one that `id` names.
 */
export function addAvatar(app: App, deps: AppDeps): void {
  const { settings } = deps;
  const answer = async (c: AppContext, facts: AvatarFacts, path: string | undefined) => {
    const media = path === undefined ? undefined : await fileMedia(path);
    const embeddable = isEmbeddable(c, settings, facts);
    return answerMedia(c, media, { cacheControl: 'no-cache', missing: 'not_found', embeddable });
  };

  const picture = createRoute({
    method: 'get',
    path: '/api/avatar',
    tags: ['Avatar'],
    summary: "The avatar's picture",
    request: { query },
    responses: {
      200: binary('image/*', 'PNG, JPEG or WebP; the header `Link` names the idle loop if there is one'),
      304: NOT_MODIFIED,
      ...namedFileErrors,
    },
  });
  app.openapi(picture, (c) => {
    const { id } = c.req.valid('query');
    const facts = seen(c, settings, avatarsOf(deps), id);
    checkReady(facts);
    if (facts.idlePath !== undefined) c.header('Link', loopLink(id));
    return answer(c, facts, facts.posterPath);
  });

  const idle = createRoute({
    method: 'get',
    path: '/api/avatar/idle.mp4',
    tags: ['Avatar'],
    summary: 'The avatar idling, a seamless loop; ranges work',
    request: { query },
    responses: {
      200: binary('video/mp4', 'The whole loop'),
      206: binary('video/mp4', 'The range asked for'),
      304: NOT_MODIFIED,
      ...{ ...namedFileErrors, ...errorAnswers({ 416: ['range_not_satisfiable'] }) },
    },
  });
  app.openapi(idle, async (c) => {
    const facts = seen(c, settings, avatarsOf(deps), c.req.valid('query').id);
    checkReady(facts);
    const path = await avatarsOf(deps).idle(facts, clientGone(c).signal);
    // It may be gone by now.
    checkReady(seen(c, settings, avatarsOf(deps), facts.id));
    return answer(c, facts, path);
  });
}

/** Relative, and so right behind any prefix. */
const loopLink = (id: string | undefined): string =>
  `<avatar/idle.mp4${id === undefined ? '' : `?id=${encodeURIComponent(id)}`}>; rel="alternate"; type="video/mp4"`;
