import { createRoute } from '@hono/zod-openapi';
import type { App, AppDeps } from './deps.ts';
import { errorAnswers, json } from './openapi.ts';
import { ownOrigin } from './origin.ts';
import { cleanupAnswer } from './schemas.ts';

const HOUR_MS = 60 * 60 * 1000;

/** `POST /api/cleanup`: deletes outputs older than one hour, whatever their configured lifetime. */
export function addCleanup(app: App, { storage, settings }: AppDeps): void {
  const route = createRoute({
    method: 'post',
    path: '/api/cleanup',
    tags: ['Server'],
    summary: 'Deletes outputs older than one hour',
    middleware: ownOrigin(settings),
    responses: { 200: json(cleanupAnswer, 'How many files went'), ...errorAnswers({ 403: ['origin_forbidden'] }) },
  });
  app.openapi(route, async (c) => {
    const removed = await storage.purge(Date.now() - HOUR_MS);
    return c.json({ message: `Удалено файлов: ${removed}`, removed }, 200);
  });
}
