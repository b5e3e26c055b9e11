import { defineConfig } from 'vitest/config';

/** The page in Chromium: `npm run test:page`. Pictures of it for the documents: `npm run screenshots:page`. */
export default defineConfig({
  test: {
    include: [process.env['SCREENSHOTS'] === '1' ? 'test/page/*.take.ts' : 'test/page/*.browser.ts'],
    setupFiles: ['test/support/environment.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    // each file has a Chromium of its own
    maxWorkers: 2,
    reporters: ['default', './test/support/totals.ts'],
  },
});
