import { describe, expect, it } from 'vitest';
import { connectionFault, retryAfterMs, statusFault } from './remote-fault.ts';

describe('statusFault', () => {
  it.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [422, false],
    [429, true],
    [500, true],
    [501, false],
    [503, true],
    [504, true],
  ])('%i may pass: %s', (status, retryable) => {
    expect(statusFault('test', status, undefined).retryable).toBe(retryable);
  });

  it('keeps how long the server wants to be left alone', () => {
    expect(statusFault('test', 429, '3').retryAfterMs).toBe(3000);
    expect(statusFault('test', 429, undefined).retryAfterMs).toBeUndefined();
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', undefined],
  ])('%s', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});

describe('connectionFault', () => {
  it('knows silence from a refusal', () => {
    const late = connectionFault('test', Object.assign(new Error('x'), { code: 'UND_ERR_HEADERS_TIMEOUT' }));
    expect(late).toMatchObject({ code: 'speech_timeout', retryable: true });
    const refused = connectionFault('test', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
    expect(refused).toMatchObject({ code: 'speech_failed', retryable: true });
  });

  it('does not hope for a host that does not exist', () => {
    const nobody = connectionFault('test', Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    expect(nobody).toMatchObject({ code: 'speech_failed', retryable: false, unreachable: true });
    const busy = connectionFault('test', Object.assign(new Error('x'), { code: 'EAI_AGAIN' }));
    expect(busy).toMatchObject({ retryable: true, unreachable: true });
  });
});
