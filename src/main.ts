#!/usr/bin/env node
/** Process entry: arguments to the command line, errors to messages and exit codes. */

import { runProgram } from './cli/program.js';

// a reader that has seen enough (`explain ... | head`) is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2));
