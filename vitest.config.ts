import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They need no other program: what runs the program or a broker waits most of the time, and comes first. */
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

/** They look at what a library keeps for its process, and at the memory of the process. */
const ALONE = ['test/io/broker/connection.test.ts', 'test/io/tail/limits.test.ts'];

/** What takes longest, in this order: none of it is to be left over when all else is done. */
const LONGEST = ['brokers/rabbitmq', 'soak', 'brokers', 'e2e', 'docs/moving', 'cli', 'simulation', ''];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification): number =>
      project.name === 'core'
        ? LONGEST.length
        : LONGEST.findIndex((part) => moduleId.includes(`/test/${part}`));
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'core', include: [CORE] } },
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
      {
        extends: true,
        // a real Home Assistant: npm run test:homeassistant
        test: {
          name: 'shell',
          include: ['test/**/*.test.ts'],
          exclude: [CORE, ...ALONE, 'test/homeassistant-real/**'],
        },
      },
    ],
    // they leave nothing behind in their process: many of them share one, and what they import is loaded once
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // they wait for brokers and clocks most of the time: more at once than there are processors
    maxWorkers: 6,
    setupFiles: ['test/support/environment.ts'],
    // npm run coverage adds what child processes run
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['json'],
      reportsDirectory: 'build/coverage',
    },
    // the last resort, for a machine that does much else: what a test waits for has limits of its own
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: ['default', './test/support/totals.ts'],
  },
});
