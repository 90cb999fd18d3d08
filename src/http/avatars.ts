import { createRoute, z } from '@hono/zod-openapi';
import type { AvatarFacts } from '../avatar/facts.ts';
import { SoyleError } from '../errors.ts';
import { avatarDetails, avatarsAnswer, deletedAnswer } from './avatar-schemas.ts';
import { addUpload } from './avatar-upload.ts';
import { avatarsOf, checkReady, detailsOf, limitsOf, summaryOf } from './avatar-view.ts';
import type { App, AppContext, AppDeps } from './deps.ts';
import { errorBody, reportError } from './errors.ts';
import { answerMedia, fileMedia } from './media.ts';
import { avatarFileErrors, binary, errorAnswers, json } from './openapi.ts';
import { isEmbeddable, maySee, mayUpload, ownOrigin, seen, uploadsOpen } from './origin.ts';
import { clientGone } from './render-request.ts';
import { answerEvents, type ServerEvent } from './sse.ts';

const tags = ['Avatar'];
const NOT_MODIFIED = { description: 'The client has it already' };
const params = z.object({ id: z.string().openapi({ example: 'anna' }) });
const MISSING = errorAnswers({ 404: ['avatar_unknown'], 503: ['loading'] });

/** The avatars: who there is, bringing one's own, and how good it will look. */
export function addAvatars(app: App, deps: AppDeps): void {
  addReading(app, deps);
  addFiles(app, deps);
  addEvents(app, deps);
  addUpload(app, deps);
  addDeleting(app, deps);
}

function addReading(app: App, deps: AppDeps): void {
  const { settings } = deps;
  const list = createRoute({
    ...{ method: 'get', path: '/api/avatars', tags, summary: 'The avatars there are' },
    responses: { 200: json(avatarsAnswer, 'All of them, by id'), ...errorAnswers({ 503: ['loading'] }) },
  });
  app.openapi(list, (c) => {
    const avatars = avatarsOf(deps)
      .list()
      .filter((facts) => maySee(c, settings, facts));
    c.header('Cache-Control', 'no-cache');
    return c.json(
      {
        default: avatars.find((one) => one.default)?.id ?? '',
        uploads: mayUpload(c, settings),
        max_upload_bytes: settings.maxUploadBytes,
        limits: limitsOf(settings),
        avatars: avatars.map((facts) => summaryOf(c, facts, settings.trustProxy)),
      },
      200,
    );
  });

  const one = createRoute({
    ...{ method: 'get', path: '/api/avatars/{id}', tags, summary: 'One avatar, with its report once it is ready' },
    request: { params },
    responses: { 200: json(avatarDetails, 'The avatar'), ...MISSING },
  });
  app.openapi(one, (c) => {
    const facts = seen(c, settings, avatarsOf(deps), c.req.valid('param').id);
    c.header('Cache-Control', 'no-cache');
    return c.json(detailsOf(c, facts, settings.trustProxy), 200);
  });
}

function addFiles(app: App, deps: AppDeps): void {
  const { settings } = deps;
  const answer = async (c: AppContext, id: string, of: (facts: AvatarFacts) => Promise<string | undefined>) => {
    const facts = seen(c, settings, avatarsOf(deps), id);
    checkReady(facts);
    const path = await of(facts);
    // What was waited for may be that of an avatar which is gone by now.
    checkReady(seen(c, settings, avatarsOf(deps), facts.id));
    const media = path === undefined ? undefined : await fileMedia(path);
    const embeddable = isEmbeddable(c, settings, facts);
    return answerMedia(c, media, { cacheControl: 'no-cache', missing: 'not_found', embeddable });
  };
  const preview = createRoute({
    ...{ method: 'get', path: '/api/avatars/{id}/preview', tags, summary: 'The report drawn on the picture, JPEG' },
    request: { params },
    responses: { 200: binary('image/jpeg', 'The picture'), 304: NOT_MODIFIED, ...avatarFileErrors },
  });
  app.openapi(preview, (c) => answer(c, c.req.valid('param').id, async ({ previewPath }) => previewPath));

  const idle = createRoute({
    ...{ method: 'get', path: '/api/avatars/{id}/idle.mp4', tags, summary: 'The avatar idling; ranges work' },
    request: { params },
    responses: {
      ...{ 200: binary('video/mp4', 'The whole loop'), 206: binary('video/mp4', 'The range asked for') },
      ...{ 304: NOT_MODIFIED, ...avatarFileErrors, ...errorAnswers({ 416: ['range_not_satisfiable'] }) },
    },
  });
  app.openapi(idle, (c) =>
    answer(c, c.req.valid('param').id, (facts) => avatarsOf(deps).idle(facts, clientGone(c).signal)),
  );
}

function addEvents(app: App, deps: AppDeps): void {
  const { log, settings } = deps;
  const events = createRoute({
    ...{ method: 'get', path: '/api/avatars/{id}/events', tags, summary: 'How the preparation of an avatar goes on' },
    description: '`progress` now and after every step, then `ready` or `failed`; each with the avatar as it is listed.',
    request: { params },
    responses: {
      200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...MISSING,
    },
  });
  app.openapi(events, (c) => {
    const client = clientGone(c);
    const { id } = seen(c, settings, avatarsOf(deps), c.req.valid('param').id);
    const changes = avatarsOf(deps).follow(id, client.signal);
    return answerEvents(
      c,
      told(changes, (facts) => summaryOf(c, facts, settings.trustProxy)),
      {
        heartbeatMs: settings.heartbeatMs,
        onLeave: () => client.abort(new SoyleError('aborted')),
        onError: (thrown) => ({ event: 'error', data: errorBody(c, reportError(c, log, thrown)) }),
      },
    );
  });
}

async function* told(
  changes: AsyncIterable<AvatarFacts>,
  view: (facts: AvatarFacts) => unknown,
): AsyncGenerator<ServerEvent> {
  for await (const facts of changes) {
    yield { event: facts.state === 'preparing' ? 'progress' : facts.state, data: view(facts) };
  }
}

function addDeleting(app: App, deps: AppDeps): void {
  const { settings } = deps;
  const route = createRoute({
    ...{ method: 'delete', path: '/api/avatars/{id}', tags, summary: 'Deletes an avatar and its files' },
    middleware: [uploadsOpen(settings), ownOrigin(settings)],
    request: { params },
    responses: {
      200: json(deletedAnswer, 'It is gone'),
      ...errorAnswers({ 403: ['avatar_bundled', 'avatar_default', 'uploads_closed', 'origin_forbidden'] }),
      ...MISSING,
    },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    await avatarsOf(deps).remove(id);
    return c.json({ id, deleted: true as const }, 200);
  });
}
