/** What the tests, and the processes that they start, see of this machine: the same on each. */

import { followTests } from './test-end.js';

/** A heyu of this machine is not that of the tests: with this set it looks nowhere else (`x10configPlaces`). */
process.env['X10CONFIG'] = '/nowhere/x10config';

// who runs the tests may have a service's environment, or settings for a bridge of their own
const FOREIGN =
  /^(HEYU.*|JOURNAL_STREAM|NOTIFY_SOCKET|WATCHDOG_.*|(STATE|CACHE)_DIRECTORY|CREDENTIALS_DIRECTORY)$/;
for (const name of Object.keys(process.env))
  if (FOREIGN.test(name)) Reflect.deleteProperty(process.env, name);

// Lets processes that the tests start write down what they run; set here, because the test's own process must not.
const folder = process.env['CHILD_COVERAGE'];
if (folder !== undefined) process.env['NODE_V8_COVERAGE'] = folder;

followTests();
