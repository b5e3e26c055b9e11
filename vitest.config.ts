import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // a real Home Assistant: npm run test:homeassistant
    exclude: ['test/homeassistant-real/**'],
    // they wait for brokers and clocks most of the time: more at once than there are processors
    maxWorkers: 3,
    setupFiles: ['test/support/child-coverage.ts'],
    // npm run coverage adds what child processes run
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['json'],
      reportsDirectory: 'build/coverage',
    },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/support/totals.ts'],
  },
});
