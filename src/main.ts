#!/usr/bin/env node
/** Process entry. It imports nothing by itself: see `scripts/bundle.ts`. */

void import('./cli/program.js').then(({ main }) => main(process.argv.slice(2)));
