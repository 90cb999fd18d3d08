import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { AvatarFacts } from '../avatar/facts.ts';
import { avatarUnknown, SoyleError } from '../errors.ts';
import type { AppContext, AppEnv, Avatars, HttpSettings } from './deps.ts';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/i;
/** What proxies add to a request. */
const FORWARDED = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/i;
const LONGEST_QUOTE = 100;

/**
 * For routes that change something: a page of another origin may call them only if `CORS_ORIGINS` names that origin. The
 * `*` of those who let everybody read and speak is no permission to change. Browsers send `Origin` with every such
 * request, whether they ask beforehand or not; programs that are no browsers send none.
 */
export function ownOrigin(settings: HttpSettings): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    checkOrigin(c, settings);
    await next();
  };
}

/** Whether avatars may be uploaded and deleted by this request, both by where it comes from and by its page. */
export const mayUpload = (c: AppContext, settings: HttpSettings): boolean =>
  isUploadOpen(c, settings) && isWelcome(c, settings);

/** Refuses others with `uploads_closed`. */
export function uploadsOpen(settings: HttpSettings): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isUploadOpen(c, settings)) throw new SoyleError('uploads_closed');
    await next();
  };
}

/**
 * Whether the page that asks may see this avatar. Those that came with the server, and the one that speaks where none is
 * named, are for everybody; the others, somebody's own faces, for the server's own pages, programs, and the origins that
 * `CORS_ORIGINS` names.
 */
export const maySee = (c: AppContext, settings: HttpSettings, facts: AvatarFacts): boolean =>
  isPublic(facts) || isWelcome(c, settings);

/**
 * The avatar of that id, the default one where there is none. Throws `avatar_unknown`; for a page that may see only the
 * public ones there are no others, so that it cannot find out who they are by asking.
 */
export function seen(c: AppContext, settings: HttpSettings, avatars: Avatars, id?: string): AvatarFacts {
  if (isWelcome(c, settings)) return avatars.facts(id);
  const shown = avatars.list().filter(isPublic);
  const found = shown.find((facts) => (id === undefined ? facts.default : facts.id === id));
  if (!found) throw avatarUnknown(id ?? '', shown);
  return found;
}

/**
 * Whether pages of other origins may show the avatar's files. `<img>` and `<video>` send no `Origin`, but which page they
 * are on, unless it keeps that to itself; without it the browser is told to show an own face to pages of ours alone.
 */
export function isEmbeddable(c: AppContext, settings: HttpSettings, facts: AvatarFacts): boolean {
  if (isPublic(facts)) return true;
  c.header('Vary', 'Origin, Referer', { append: true });
  const page = c.req.header('origin') ?? originOf(c.req.header('referer'));
  return page !== undefined && settings.corsOrigins.includes(page);
}

const isPublic = (facts: AvatarFacts): boolean => facts.bundled || facts.default;

/**
 * `local` lets in only those who call this machine, from itself, by a name that means itself. Another name leads here
 * through a proxy, or because a hostile page's own name was pointed here (DNS rebinding). Many proxies call us by our own
 * name but say that they are there, or speak HTTP/1.0 as nginx does; where one is expected, everybody may be behind it.
 */
function isUploadOpen(c: AppContext, { uploads, trustProxy }: HttpSettings): boolean {
  if (uploads !== 'local') return uploads === 'on';
  const { httpVersion, socket } = (c.env as Partial<HttpBindings> | undefined)?.incoming ?? {};
  const isProxied = trustProxy || httpVersion === '1.0' || [...c.req.raw.headers.keys()].some((n) => FORWARDED.test(n));
  // What is asked without a socket comes from this very process.
  const isNear = socket === undefined || LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '');
  return !isProxied && isNear && LOOPBACK_HOST.test(hostOf(c));
}

function checkOrigin(c: AppContext, settings: HttpSettings): void {
  if (isWelcome(c, settings)) return;
  throw new SoyleError('origin_forbidden', { origin: (c.req.header('origin') ?? '').slice(0, LONGEST_QUOTE) });
}

/** Whether it is no page that asks, one of this server, or one of an origin that is named. */
function isWelcome(c: AppContext, settings: HttpSettings): boolean {
  const origin = c.req.header('origin');
  return origin === undefined || settings.corsOrigins.includes(origin) || isOwn(origin, c, settings.trustProxy);
}

/** Whether the page was loaded from this very server. */
function isOwn(origin: string, c: AppContext, trustProxy: boolean): boolean {
  // The browser's own word, which no page can change. It is not sent to plain http on another machine.
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const forwarded = (name: string) => (trustProxy ? c.req.header(`x-forwarded-${name}`)?.split(',')[0]?.trim() : '');
  const scheme = forwarded('proto') || new URL(c.req.url).protocol.replace(':', '');
  const own = originOf(`${scheme}://${forwarded('host') || hostOf(c)}`);
  return own !== undefined && own === originOf(origin);
}

const originOf = (url = ''): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

const hostOf = (c: AppContext): string => c.req.header('host') ?? new URL(c.req.url).host;
