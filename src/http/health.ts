import { createRoute } from '@hono/zod-openapi';
import type { App, AppDeps } from './deps.ts';
import { json } from './openapi.ts';
import { healthSchema } from './schemas.ts';

/** `GET /api/health`: 503 while loading, 200 from then on, while degraded too: it may render again. */
export function addHealth(app: App, { health }: AppDeps): void {
  // The second is where clients of other speech servers look.
  for (const path of ['/api/health', '/health']) {
    const route = createRoute({
      method: 'get',
      path,
      tags: ['Server'],
      summary: 'Whether the server can render, and with what',
      responses: { 200: json(healthSchema, 'It renders'), 503: json(healthSchema, 'Still loading') },
    });
    app.openapi(route, (c) => {
      const state = health();
      c.header('Cache-Control', 'no-store');
      if (state.status !== 'loading') return c.json(state, 200);
      c.header('Retry-After', '2');
      return c.json(state, 503);
    });
  }
}
