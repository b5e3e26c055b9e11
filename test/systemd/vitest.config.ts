import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/systemd/**/*.container.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['verbose', './test/support/totals.ts'],
  },
});
