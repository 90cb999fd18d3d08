import type { MiddlewareHandler } from 'hono';
import { SoyleError } from '../errors.ts';
import type { RenderJob } from '../jobs/job.ts';
import { jsonBody } from './body.ts';
import type { AppContext, AppDeps, AppEnv } from './deps.ts';
import type { GenerateRequest } from './schemas.ts';

/** What runs before the body of a rendering request is parsed: the server is ready, the body is JSON and not too big. */
export function beforeRendering({ health, settings }: AppDeps): MiddlewareHandler<AppEnv>[] {
  const ready: MiddlewareHandler<AppEnv> = async (_, next) => {
    if (health().status === 'loading') throw new SoyleError('loading');
    await next();
  };
  return [ready, ...jsonBody(settings.maxBodyBytes)];
}

/** Aborts, with a catalogue error as the reason, when the client closes its connection before the answer is complete. */
export function clientGone(c: AppContext): AbortController {
  const controller = new AbortController();
  const leave = () => controller.abort(new SoyleError('aborted'));
  const { signal } = c.req.raw;
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  return controller;
}

/** What every rendering job takes over from a request's body. Rejects where no engine could speak as asked. */
export async function speechOf(
  c: AppContext,
  { voices }: AppDeps,
  { text, language, intensity, engine, voice, rate, pitch, temperature, voice_attributes }: GenerateRequest,
): Promise<Omit<RenderJob, 'kind' | 'chunkSize' | 'split'>> {
  const manner = { language, engine, voice, rate, pitch, temperature, voiceAttributes: voice_attributes };
  await voices()?.check(manner);
  return { requestId: c.get('requestId'), text, intensity, ...manner };
}
