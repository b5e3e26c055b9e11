#!/usr/bin/env node
/**
 * Process entry. Every Node since 10 can read it: it imports nothing before it has looked which one it is
 * (`scripts/bundle.ts`).
 */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `heyu2mqtt: Node ${process.versions.node} is too old, 20.19 or newer is needed; install the Debian package heyu2mqtt-node`,
  );
  process.exit(78);
}
const isService = process.argv[2] === 'run' && (process.env['CACHE_DIRECTORY'] ?? '') !== '';
void (isService ? import('./cli/kept-code.js') : import('./cli/program.js')).then(({ main }) =>
  main(process.argv.slice(2)),
);
