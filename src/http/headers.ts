import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { Log } from '../log.ts';
import type { AppEnv, HttpSettings } from './deps.ts';

/** Names the request for the log; only a trusted proxy may have named it already. */
export const nameRequest = ({ trustProxy }: HttpSettings): MiddlewareHandler =>
  requestId({ limitLength: trustProxy ? 64 : 0 });

/** Who may call from a page of another origin, and which headers such a page may read. */
export const allowOrigins = ({ corsOrigins }: HttpSettings): MiddlewareHandler =>
  cors({
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposeHeaders: [
      ...[
        'Content-Range',
        'Accept-Ranges',
        'Content-Length',
        'ETag',
        'Link',
        'Location',
        'Retry-After',
        'X-Request-Id',
      ],
      ...['X-Speech-Engine', 'X-Speech-Degraded', 'X-Speech-Warnings', 'X-Warnings', 'X-End-Pose'],
    ],
    maxAge: 600,
  });

/**
 * Headers that narrow what a browser does with our answers. A route that sets one itself keeps its own: media is
 * `Cross-Origin-Resource-Policy: cross-origin`, or no other site's `<video>` would play it. No
 * Strict-Transport-Security: that is for whoever terminates TLS in front.
 */
export const secure = (): MiddlewareHandler =>
  secureHeaders({
    overwrite: false,
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      mediaSrc: ["'self'", 'blob:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
  });

/** One line per answer once its head is known. The route's pattern stands for the path: ids and queries stay out. */
export const logRequests =
  (log: Log): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const started = performance.now();
    await next();
    const ms = Math.round(performance.now() - started);
    log.info(
      { method: c.req.method, route: routePath(c, -1), status: c.res.status, ms, request_id: c.get('requestId') },
      'request',
    );
  };
