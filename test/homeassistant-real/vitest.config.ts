import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      process.env['SCREENSHOTS'] === '1'
        ? 'test/homeassistant-real/screenshots.take.ts'
        : 'test/homeassistant-real/**/*.test.ts',
    ],
    globalSetup: ['test/homeassistant-real/environments.ts'],
    // Home Assistant takes seconds for what a broker does in milliseconds, and more of them on a busy machine
    env: { PATIENCE_MS: '60000' },
    testTimeout: 300_000,
    hookTimeout: 400_000,
    // each file runs a Home Assistant of its own
    maxWorkers: 2,
    reporters: ['default', './test/support/totals.ts'],
  },
});
