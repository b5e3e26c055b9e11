/**
 * What is to be done when a test is over, also where several run at once in one file: vitest's own `onTestFinished`
 * takes the test that has begun last for the one that asks.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { aroundEach, onTestFinished as whenLastIsFinished, type TestContext } from 'vitest';

const running = new AsyncLocalStorage<TestContext>();

/** Lets `onTestFinished` know its test; once for each file. */
export function followTests(): void {
  aroundEach((run, context) => running.run(context, run));
}

/** Does this when the test that asks is over. */
export const onTestFinished: typeof whenLastIsFinished = (act, timeout) => {
  const finished = running.getStore()?.onTestFinished ?? whenLastIsFinished;
  finished(act, timeout);
};
