import { defineConfig } from 'vitest/config';

const MOCKED = 'src/**/*.mocked.test.ts';

// `npm test` needs nothing but Node.js; suites that need Chromium or Debian's tools have projects of their own.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Every core: most of a test's time is spent waiting for a child, a socket or a timer.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,bench}/**/*.test.ts', 'test/{conformance,house}/**/*.test.ts'],
          exclude: [MOCKED],
          // Loading the sources anew for every file takes as long as half of the tests.
          isolate: false,
        },
      },
      // A mocked module stays mocked: these have the sources to themselves.
      { extends: true, test: { name: 'mocked', include: [MOCKED] } },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'] } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'examples', include: ['test/examples/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'load', include: ['test/load/**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
