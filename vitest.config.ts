import { defineConfig } from 'vitest/config';

/** They leave nothing behind in their process: many of them share one, and what they import is loaded once. */
const CORE = `test/{${[
  'alias',
  'bridge',
  'broker-check',
  'common',
  'config',
  'heyu',
  'history',
  'homeassistant',
  'mqtt',
  'security',
  'sensor',
  'service',
].join(',')}}/**/*.test.ts`;

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'core', include: [CORE], isolate: false } },
      {
        extends: true,
        // a real Home Assistant: npm run test:homeassistant
        test: {
          name: 'shell',
          include: ['test/**/*.test.ts'],
          exclude: [CORE, 'test/homeassistant-real/**'],
        },
      },
    ],
    // they wait for brokers and clocks most of the time: more at once than there are processors
    maxWorkers: 4,
    setupFiles: ['test/support/environment.ts'],
    // npm run coverage adds what child processes run
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['json'],
      reportsDirectory: 'build/coverage',
    },
    // the last resort, for a machine that does much else
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/totals.ts'],
  },
});
