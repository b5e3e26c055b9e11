import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      process.env['SCREENSHOTS'] === '1'
        ? 'test/homeassistant-real/screenshots.take.ts'
        : 'test/homeassistant-real/**/*.test.ts',
    ],
    globalSetup: ['test/homeassistant-real/environments.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // each file runs a Home Assistant of its own
    maxWorkers: 2,
    reporters: ['default', './test/support/totals.ts'],
  },
});
