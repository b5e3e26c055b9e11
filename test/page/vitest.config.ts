import { defineConfig } from 'vitest/config';

/** Pictures of the page for the documents: `npm run screenshots:page`. */
export default defineConfig({
  test: { include: ['test/page/pictures.take.ts'], testTimeout: 300_000, hookTimeout: 60_000 },
});
