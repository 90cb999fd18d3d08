import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { AvatarFacts } from '../avatar/facts.ts';
import { avatarUnknown, SoyleError } from '../errors.ts';
import type { AppContext, AppEnv, Avatars, HttpSettings } from './deps.ts';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/i;
/** What proxies add to a request. Pages can add all of it to theirs, except for `Via`: that is the browser's own. */
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
 * Whether pages of other origins may show the avatar's files. Where it is not known which page asks the browser is told to
 * show an own face to pages of ours alone.
 */
export function isEmbeddable(c: AppContext, settings: HttpSettings, facts: AvatarFacts): boolean {
  if (isPublic(facts)) return true;
  c.header('Vary', 'Origin, Referer, Sec-Fetch-Site', { append: true });
  return isNamed(pageOf(c), settings);
}

const isPublic = (facts: AvatarFacts): boolean => facts.bundled || facts.default;

/**
 * `local` lets in only those who call this machine, from itself, by a name that means itself. Another name leads here
 * through a proxy, or because a hostile page's own name was pointed here (DNS rebinding). Many proxies call us by our own
 * name but say that they are there, or speak HTTP/1.0 as nginx does; where one is expected, everybody may be behind it.
 */
function isUploadOpen(c: AppContext, { uploads, trustProxy }: HttpSettings): boolean {
  if (uploads !== 'local') return uploads === 'on';
  return !isProxied(c, trustProxy) && isNear(c) && LOOPBACK_HOST.test(hostOf(c));
}

/** Whether anything at all says so, even what a page may have made up: for refusing. */
const isProxied = (c: AppContext, trustProxy: boolean): boolean =>
  isSurelyProxied(c, trustProxy) || [...c.req.raw.headers.keys()].some((name) => FORWARDED.test(name));

/** Whether something says so that no page can make up: for allowing. */
const isSurelyProxied = (c: AppContext, trustProxy: boolean): boolean =>
  trustProxy || incoming(c)?.httpVersion === '1.0' || c.req.header('via') !== undefined;

/** Whether this machine asks itself. What is asked without a socket comes from this very process. */
function isNear(c: AppContext): boolean {
  const socket = incoming(c)?.socket;
  return socket === undefined || LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '');
}

const incoming = (c: AppContext) => (c.env as Partial<HttpBindings> | undefined)?.incoming;

/**
 * Whether a server for this machine alone is called from it by a name that is not its own, and surely not by a proxy: so
 * calls a hostile page whose name was pointed here (DNS rebinding), for which every word of the browser is that of our
 * own page, and which may send whatever headers pages may.
 */
const isRebound = (c: AppContext, { uploads, trustProxy }: HttpSettings): boolean =>
  uploads === 'local' && isNear(c) && !isSurelyProxied(c, trustProxy) && !LOOPBACK_HOST.test(hostOf(c));

function checkOrigin(c: AppContext, settings: HttpSettings): void {
  if (isWelcome(c, settings)) return;
  throw new SoyleError('origin_forbidden', { origin: (pageOf(c) ?? '').slice(0, LONGEST_QUOTE) });
}

/** Whether it is no page that asks, one of this server, or one of an origin that is named. */
function isWelcome(c: AppContext, settings: HttpSettings): boolean {
  const origin = c.req.header('origin');
  if (isNamed(pageOf(c), settings)) return true;
  if (isRebound(c, settings)) return false;
  return origin === undefined ? !isForeign(c) : isOwn(origin, c, settings.trustProxy);
}

/** The origin of the page that asks, unless it keeps that to itself: `<img>` and `<video>` send the page's address alone. */
const pageOf = (c: AppContext): string | undefined => c.req.header('origin') ?? originOf(c.req.header('referer'));

const isNamed = (page: string | undefined, { corsOrigins }: HttpSettings): boolean =>
  page !== undefined && corsOrigins.includes(page);

/** Whether the browser says that another site's page asks, or that one links here. `none`: the user typed the address. */
function isForeign(c: AppContext): boolean {
  const site = c.req.header('sec-fetch-site');
  return site !== undefined && site !== 'same-origin' && site !== 'none';
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
