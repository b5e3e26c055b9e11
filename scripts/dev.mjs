// `npm run dev`: builds the program and plays the demonstration. Node's --watch begins again after each change in src/.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
process.argv.push('demo');
await import('../dist/main.js');
