import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/config.ts';
import { ERRORS } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { buildHouse } from '../integration/http-helpers.ts';

/* What API.md says is written by hand; these tests see to it that nothing is left out and nothing is invented. */

const page = readFileSync(new URL('../../API.md', import.meta.url), 'utf8');
const sorted = (list: Iterable<string>): string[] => [...new Set(list)].sort();

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}
interface Document {
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, Schema> };
}

const document = async (): Promise<Document> => {
  const response = await createApp(await buildHouse()).request('/openapi.json');
  return (await response.json()) as Document;
};

describe('API.md', () => {
  it('has a row for every error of the catalogue, with its status and whether to retry', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| (yes)? ?\| \S/gm)];
    const described = rows.map(([, code, status, retry]) => `${code} ${status} ${retry === 'yes'}`);
    const catalogue = Object.entries(ERRORS).map(([code, { status, retryable }]) => `${code} ${status} ${retryable}`);
    expect(described.sort()).toEqual(catalogue.sort());
  });

  it('lists every route of the app', async () => {
    const { paths } = await document();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const table = page.match(/^\| route \|.*?\n\n/ms)?.[0] ?? '';
    const listed = [...table.matchAll(/`((?:GET|POST|DELETE) \S+)`/g)].map(([, route]) => route!);
    const pages = ['GET /', 'GET /avatars', 'GET /docs', 'GET /openapi.json'];
    const others = [...pages, 'GET /stacked-video.js', 'GET /talking-avatar.js'];
    expect(sorted(listed)).toEqual(sorted([...routes, ...others]));
  });

  it('names every field of every request and answer', async () => {
    const { components } = await document();
    const fields = sorted(Object.values(components.schemas).flatMap(fieldsOf));
    const named = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!.replace(/^chunks\[\]\./, '')));
    expect(fields.length).toBeGreaterThan(20);
    expect(fields.filter((field) => !named.has(field))).toEqual([]);
  });

  it('names no setting that does not exist', () => {
    const named = sorted([...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=\w+)?`/g)].map(([, name]) => name!));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in settingsSchema.shape))).toEqual([]);
  });

  it('says the limits that are the defaults', () => {
    const { MAX_TEXT_CHARS, MAX_QUEUE, OUTPUT_TTL_MINUTES, SPEECH_TIMEOUT_MS } = settingsSchema.parse({});
    const cells = [...page.matchAll(/\| ([^|]+) \| `([A-Z_]+)` \|$/gm)].map(([, value, name]) => [name, value]);
    expect(Object.fromEntries(cells)).toMatchObject({
      MAX_TEXT_CHARS: MAX_TEXT_CHARS.toLocaleString('en'),
      MAX_QUEUE: String(MAX_QUEUE),
      OUTPUT_TTL_MINUTES: `${OUTPUT_TTL_MINUTES} min`,
      SPEECH_TIMEOUT_MS: `${SPEECH_TIMEOUT_MS / 1000} s`,
    });
  });

  it('has a target for every link to a place in itself', () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });
});

function fieldsOf({ properties = {}, items, anyOf = [] }: Schema): string[] {
  const inner = [...Object.values(properties), ...anyOf, ...(items ? [items] : [])];
  return [...Object.keys(properties), ...inner.flatMap(fieldsOf)];
}
