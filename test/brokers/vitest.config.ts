import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/brokers/**/*.soak.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ['verbose', './test/support/totals.ts'],
  },
});
