/** Lets processes that the tests start write down what they run; set here, because the test's own process must not. */

const folder = process.env['CHILD_COVERAGE'];
if (folder !== undefined) process.env['NODE_V8_COVERAGE'] = folder;
