// Prints package.json as it is shipped: the program is bundled, it needs no other package and no build.
//
//   node systemd/package-json.mjs VERSION
import { readFileSync } from 'node:fs';

const [version] = process.argv.slice(2);
const shipped = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
for (const key of ['scripts', 'dependencies', 'devDependencies']) delete shipped[key];
console.log(JSON.stringify({ ...shipped, version }, undefined, 2));
