import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { LanguageVariables } from 'hono/language';
import type { RequestIdVariables } from 'hono/request-id';
import type { JobQueue } from '../jobs/job.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage/storage.ts';
import type { Health } from './schemas.ts';

export interface HttpSettings {
  /** Longest text of one request, Unicode code points. */
  maxTextChars: number;
  /** Largest request body, bytes. */
  maxBodyBytes: number;
  /** Origins whose pages may call the API: every one, or these exactly (`https://example.com`). */
  corsOrigins: '*' | string[];
  /** Whether `X-Forwarded-Prefix` and `X-Request-Id` of a request are believed. */
  trustProxy: boolean;
  /** How long a stored chunk lives, milliseconds; clients may cache it until then. */
  outputTtlMs: number;
  /** Pause between the comments that keep a silent event stream open, milliseconds. */
  heartbeatMs: number;
}

/** The files of the avatar in use. */
export interface AvatarFiles {
  posterPath: string;
  /** The loop as an MP4; absent for a photo. */
  idlePath?: string;
}

/** Everything the HTTP floor needs; the composition root fills it with real parts, tests with small ones. */
export interface AppDeps {
  queue: JobQueue;
  storage: Storage;
  /** `undefined` until the avatar is prepared. */
  avatar(): AvatarFiles | undefined;
  health(): Health;
  log: Log;
  /** Folder with the page: `index.html` and the modules and styles beside it. */
  webDir: string;
  settings: HttpSettings;
}

export interface AppEnv {
  Variables: RequestIdVariables & LanguageVariables;
}

export type App = OpenAPIHono<AppEnv>;
export type AppContext = Context<AppEnv>;
