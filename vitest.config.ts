import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // a real Home Assistant: npm run test:homeassistant
    exclude: ['test/homeassistant-real/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/support/totals.ts'],
  },
});
