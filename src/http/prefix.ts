import { getPath } from 'hono/utils/url';
import type { AppContext } from './deps.ts';

/** The whole API is served a second time under this path, for reverse proxies that do not strip it. */
const MIRROR = '/r';
/** Segments of ordinary characters, none of them `.` or `..`, which clients would resolve away. */
const FORWARDED_PREFIX = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/;
const MAX_PREFIX = 256;

const isMirrored = (path: string) => path.startsWith(`${MIRROR}/`);

/** The path a request is routed by: `/r/api/health` → `/api/health`. */
export function routingPath(request: Request): string {
  const path = getPath(request);
  return isMirrored(path) ? path.slice(MIRROR.length) : path;
}

/**
 * What goes before a path of ours so that the client reaches it the way it came: '' or '/r', after the prefix a
 * trusted proxy took off. A proxy that names `/r` and also leaves it in the path means one `/r`, not two.
 */
export function publicPrefix(c: AppContext, trustProxy: boolean): string {
  const mirror = isMirrored(getPath(c.req.raw)) ? MIRROR : '';
  const forwarded = trustProxy ? (c.req.header('x-forwarded-prefix') ?? '') : '';
  if (forwarded.length > MAX_PREFIX || !FORWARDED_PREFIX.test(forwarded)) return mirror;
  return mirror && forwarded.endsWith(MIRROR) ? forwarded : forwarded + mirror;
}
