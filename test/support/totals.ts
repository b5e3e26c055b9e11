import type { Reporter, TestModule } from 'vitest/node';

/** Closes a run with one plain line that any CI can count: "12 passed, 0 failed, 1 skipped". */
class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const before = count.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
      }
      // a file that does not even load has no tests, but it has failed
      if (module.state() === 'failed' && count.failed === before) count.failed += 1;
    }
    process.stdout.write(
      `\n${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}\n`,
    );
  }
}

// vitest loads a reporter file by its default export
// eslint-disable-next-line no-restricted-exports
export default Totals;
