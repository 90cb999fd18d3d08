import { createRoute, z } from '@hono/zod-openapi';
import { SoyleError } from '../errors.ts';
import type { App, AppDeps } from './deps.ts';
import { errorAnswers, json } from './openapi.ts';

const model = z
  .object({
    id: z.string().openapi({ example: 'soyle' }),
    kind: z.enum(['soyle', 'wav2lip']),
    licence: z.string(),
    note: z.string().optional(),
    default: z.boolean().openapi({ description: 'Taken when a request names none' }),
    available: z.boolean().openapi({ description: 'Its files are there' }),
    loaded: z.boolean().openapi({ description: 'In memory now; others are loaded by their first request' }),
  })
  .openapi('Model');

/** `GET /api/models` and `GET /api/backgrounds`: what `model` and `background` may name. */
export function addModels(app: App, { looks }: AppDeps): void {
  const ready = () => {
    const found = looks();
    if (!found) throw new SoyleError('loading');
    return found;
  };

  const models = createRoute({
    method: 'get',
    path: '/api/models',
    tags: ['Avatar'],
    summary: 'The lips models',
    responses: {
      200: json(z.object({ models: z.array(model) }), 'All of the manifest, in its order'),
      ...errorAnswers({ 503: ['loading'] }),
    },
  });
  app.openapi(models, async (c) => c.json({ models: [...(await ready().models())] }, 200));

  const backgrounds = createRoute({
    method: 'get',
    path: '/api/backgrounds',
    tags: ['Avatar'],
    summary: 'The pictures an avatar can stand before',
    responses: {
      200: json(z.object({ backgrounds: z.array(z.object({ id: z.string() })) }), 'Those in `BACKGROUNDS_DIR`'),
      ...errorAnswers({ 503: ['loading'] }),
    },
  });
  app.openapi(backgrounds, async (c) => {
    const ids = await ready().backgrounds();
    return c.json({ backgrounds: ids.map((id) => ({ id })) }, 200);
  });
}
