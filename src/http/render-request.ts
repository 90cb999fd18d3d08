import type { MiddlewareHandler } from 'hono';
import { SoyleError } from '../errors.ts';
import type { RenderJob, SayRequest } from '../jobs/job.ts';
import { checkReady } from './avatar-view.ts';
import { jsonBody } from './body.ts';
import type { AppContext, AppDeps, AppEnv, Avatars, HttpSettings, Voices } from './deps.ts';
import { checkLook, lookOf } from './look.ts';
import { seen } from './origin.ts';
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

/**
 * Rejects where no engine could speak as asked: with `voice_language`, naming the languages to set, where there is the
 * voice but not in this one.
 */
export async function checkSpeaker(voices: Voices, request: Omit<SayRequest, 'text'>): Promise<void> {
  try {
    await voices.check(request);
  } catch (error) {
    if (!(error instanceof SoyleError) || error.code !== 'voice_unknown') throw error;
    const { voice = '', engine, language } = request;
    const own = await voices.languagesOf(voice, engine);
    if (own.length === 0) throw error;
    throw new SoyleError('voice_language', { voice, language, known: own.join(', ') });
  }
}

/** What every rendering job takes over from a request's body. Rejects where it could not be spoken or shown as asked. */
export async function speechOf(
  c: AppContext,
  { voices, avatars, looks, settings }: AppDeps,
  body: GenerateRequest,
): Promise<Omit<RenderJob, 'kind' | 'chunkSize' | 'split'>> {
  const { text, language, intensity, engine, voice, rate, pitch, temperature, voice_attributes, avatar, pose } = body;
  const manner = { language, engine, voice, rate, pitch, temperature, voiceAttributes: voice_attributes };
  const speakers = voices();
  if (speakers) await checkSpeaker(speakers, manner);
  checkAvatar(c, settings, avatars(), avatar);
  const look = lookOf(body);
  await checkLook(looks(), look);
  return { requestId: c.get('requestId'), text, intensity, avatar, look, pose, ...manner };
}

/** Throws where the avatar could not speak now, with `avatar_unknown` or as `checkReady` does. */
function checkAvatar(
  c: AppContext,
  settings: HttpSettings,
  avatars: Avatars | undefined,
  id: string | undefined,
): void {
  if (id === undefined || !avatars) return;
  checkReady(seen(c, settings, avatars, id));
}
