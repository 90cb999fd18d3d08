import { describe, expect, test } from 'vitest';
import { buildHouse, post, WAYS } from './http-helpers.ts';

const PREFLIGHT = {
  method: 'OPTIONS',
  headers: {
    origin: 'https://shop.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  },
};
const FROM_SHOP = { origin: 'https://shop.example' };

describe.each(WAYS)('%s', (_, open) => {
  test('by default every origin may call', async () => {
    const ask = await open(await buildHouse());
    const preflight = await ask('/api/stream_chunks', PREFLIGHT);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
    const answer = await ask('/api/stream_chunks', post({ text: 'a' }, FROM_SHOP));
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('so it is where some are named beside *', async () => {
    const ask = await open(await buildHouse({ corsOrigins: ['*', 'https://b.example'] }));
    const answer = await ask('/api/health', { headers: FROM_SHOP });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('errors, events and modules can be read from other origins too', async () => {
    const ask = await open(await buildHouse());
    const asked = await Promise.all([
      ask('/api/stream_chunks', post({}, FROM_SHOP)),
      ask('/api/nothing', { headers: FROM_SHOP }),
      ask('/api/stream_chunks', { method: 'DELETE', headers: FROM_SHOP }),
      ask('/api/stream_chunks', post({ text: 'a' }, { ...FROM_SHOP, accept: 'text/event-stream' })),
      ask('/talking-avatar.js', { headers: FROM_SHOP }),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([400, 404, 405, 200, 200]);
    for (const response of asked) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      await response.text();
    }
  });

  test('corsOrigins narrows it to those named, and answers vary by origin', async () => {
    const ask = await open(await buildHouse({ corsOrigins: ['https://shop.example', 'https://b.example'] }));
    const allowed = await ask('/api/health', { headers: FROM_SHOP });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(allowed.headers.get('vary')).toContain('Origin');
    const preflight = await ask('/r/api/generate', PREFLIGHT);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(preflight.headers.get('vary')).toContain('Origin');

    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'null', 'http://shop.example']) {
      const refused = await ask('/api/health', { headers: { origin } });
      expect([origin, refused.headers.get('access-control-allow-origin')]).toEqual([origin, null]);
      expect(refused.headers.get('vary')).toContain('Origin');
      const asked = await ask('/api/generate', { ...PREFLIGHT, headers: { ...PREFLIGHT.headers, origin } });
      expect([origin, asked.headers.get('access-control-allow-origin')]).toEqual([origin, null]);
    }
  });
});
