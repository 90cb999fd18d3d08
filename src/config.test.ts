import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, EXECUTION_PROVIDERS: ['cuda', 'cpu'] });
  });

  it('reads lists, numbers and flags, and takes an empty variable as unset', () => {
    const config = readConfig({
      PORT: '',
      CORS_ORIGINS: 'https://a.kz, https://b.kz',
      TRUST_PROXY: 'yes',
      MAX_QUEUE: '0',
    });
    expect(config.PORT).toBe(3000);
    expect(config.CORS_ORIGINS).toEqual(['https://a.kz', 'https://b.kz']);
    expect(config.TRUST_PROXY).toBe(true);
    expect(config.MAX_QUEUE).toBe(0);
  });

  it('lists every fault at once', () => {
    const read = () =>
      readConfig({ PORT: '70000', TRUST_PROXY: 'perhaps', EXECUTION_PROVIDERS: 'gpu', AVATAR: '../x' });
    const complaints = [
      'PORT: "70000" is not a whole number from 0 to 65535',
      'TRUST_PROXY: "perhaps" is neither true nor false',
      'EXECUTION_PROVIDERS.0: "gpu" is none of cpu, cuda',
      'AVATAR: "../x" cannot be a name',
    ];
    for (const complaint of complaints) expect(read).toThrow(complaint);
  });
});
