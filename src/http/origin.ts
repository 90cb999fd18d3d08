import type { MiddlewareHandler } from 'hono';
import { SoyleError } from '../errors.ts';
import type { AppContext, AppEnv, HttpSettings } from './deps.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const LONGEST_QUOTE = 100;

/**
 * For routes that change something: a page of another origin may call them only if `CORS_ORIGINS` names that origin. The
 * `*` of those who let everybody read and speak is no permission to change. Browsers send `Origin` with every such
 * request, whether they ask beforehand or not; programs that are no browsers send none.
 */
export function ownOrigin({ corsOrigins, trustProxy }: HttpSettings): MiddlewareHandler<AppEnv> {
  const named = corsOrigins === '*' ? [] : corsOrigins;
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin !== undefined && !named.includes(origin) && !isOwn(origin, c, trustProxy)) {
      throw new SoyleError('origin_forbidden', { origin: origin.slice(0, LONGEST_QUOTE) });
    }
    await next();
  };
}

/**
 * Whether avatars may be uploaded and deleted by this request: `local` lets in only those who call this machine by a name
 * that means itself. Another name leads here through a proxy, or because a hostile page's own name was pointed here (DNS
 * rebinding).
 */
export const mayUpload = (c: AppContext, { uploads }: HttpSettings): boolean =>
  uploads === 'on' || (uploads === 'local' && LOOPBACK.test(hostOf(c)));

/** Refuses others with `uploads_closed`. */
export function uploadsOpen(settings: HttpSettings): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!mayUpload(c, settings)) throw new SoyleError('uploads_closed');
    await next();
  };
}

/** Whether the page was loaded from this very server. */
function isOwn(origin: string, c: AppContext, trustProxy: boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const forwarded = trustProxy ? c.req.header('x-forwarded-host') : undefined;
  return [hostOf(c), forwarded].includes(new URL(origin).host);
}

const hostOf = (c: AppContext): string => c.req.header('host') ?? new URL(c.req.url).host;
