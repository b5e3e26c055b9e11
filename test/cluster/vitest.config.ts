import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cluster/**/*.cluster.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    // three servers at a time are enough for a machine
    fileParallelism: false,
    reporters: ['verbose', './test/support/totals.ts'],
  },
});
