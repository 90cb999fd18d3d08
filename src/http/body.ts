import type { Hook } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { bodyTooLarge, SoyleError } from '../errors.ts';
import { complaint, type Expectations } from './complaints.ts';
import type { AppEnv } from './deps.ts';
import { knownCode } from './errors.ts';
import { requestLanguage } from './language.ts';

/** How a body is named: by the type that errors tell, and by everything that passes for it. */
interface BodyKind {
  name: string;
  types: RegExp;
}

const JSON_BODY: BodyKind = { name: 'application/json', types: /^application\/([a-z.-]+\+)?json\s*(;|$)/i };
const FORM: BodyKind = {
  name: 'application/x-www-form-urlencoded',
  types: /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i,
};

/** What runs before a JSON body is parsed: it is named as such and has at most `maxBytes` bytes, announced or not. */
export const jsonBody = (maxBytes: number): MiddlewareHandler<AppEnv>[] => bodyOf(JSON_BODY, maxBytes);

/** The same for a form, in either of the ways in which forms are sent. */
export const formBody = (maxBytes: number): MiddlewareHandler<AppEnv>[] => bodyOf(FORM, maxBytes);

function bodyOf({ name, types }: BodyKind, maxBytes: number): MiddlewareHandler<AppEnv>[] {
  const refuse = () => {
    throw bodyTooLarge(maxBytes);
  };
  // A JSON body is always named as such: this also keeps other sites' plain forms out.
  const requireType: MiddlewareHandler<AppEnv> = async (c, next) => {
    if (!types.test(c.req.header('content-type') ?? '')) throw new SoyleError('unsupported_media_type', { type: name });
    await next();
  };
  return [requireType, bodyLimit({ maxSize: maxBytes, onError: refuse })];
}

/** Turns the first complaint of a request schema into a catalogue error. `own` are the fields that mean else on a route. */
export function rejectInvalid<I, P extends string>(
  maxTextChars: number,
  own?: Expectations,
): Hook<I, AppEnv, P, undefined> {
  return (result, c) => {
    if (result.success) return undefined;
    const [issue] = result.error.issues;
    const field = issue?.path[0] === undefined ? undefined : String(issue.path[0]);
    const detail = complaint(field, requestLanguage(c), own);
    const code = knownCode(issue?.message, 'invalid_request');
    throw new SoyleError(code, { detail, field: field ?? '', limit: maxTextChars });
  };
}
