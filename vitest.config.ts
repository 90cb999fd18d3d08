import { defineConfig } from 'vitest/config';

const ALONE = 'src/**/*.alone.test.ts';

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
          exclude: [ALONE],
          // Loading the sources anew for every file takes as long as half of the tests.
          isolate: false,
        },
      },
      // Those that mock a module or count the children of their process have one to themselves.
      { extends: true, test: { name: 'alone', include: [ALONE] } },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'] } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'examples', include: ['test/examples/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'load', include: ['test/load/**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
