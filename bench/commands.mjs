// CPU time of commands that people type, from start to end, each in turn with `node -e 0`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN, startBridge, stopped } from './bridge-process.mjs';
import { median } from './statistics.mjs';

const ALIASES = 20;

/** CPU time of a run of Node, its own and the system's for it, milliseconds. */
function cpuMs(parameters) {
  const timed = ['-c', 'TIMEFORMAT=\'%3U %3S\'; time "$@" > /dev/null 2>&1', 'bash', process.execPath];
  const { stderr } = spawnSync('bash', [...timed, ...parameters], { encoding: 'utf8' });
  return stderr
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
}

/** The medians of so many turns, by name; `node` is `node -e 0`. */
export async function commands(folder, port, turns, progress) {
  const log = join(folder, 'heyu.log.commands');
  writeFileSync(log, '');
  const config = join(folder, 'commands.yaml');
  writeFileSync(config, `heyu: { log: ${log} }\nmqtt: { url: "mqtt://127.0.0.1:${port}" }\n`);
  const aliases = Array.from({ length: ALIASES }, (_, index) => {
    const address = `${index < 16 ? 'A' : 'B'}${(index % 16) + 1}`;
    return `  room_${index + 1}:\n    address: ${address}\n    model: MS14A\n    name: Room ${index + 1}\n`;
  });
  writeFileSync(join(folder, 'aliases.yaml'), `aliases:\n${aliases.join('')}`);
  const { child, config: ofBridge } = await startBridge(folder, log, port);
  const runs = {
    node: ['-e', '0'],
    version: [MAIN, '--version'],
    help: [MAIN, '--help'],
    list: [MAIN, 'alias', 'list', '--config', config],
    quick: [MAIN, 'check', '--quick', '--config', ofBridge],
  };
  const times = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, parameters] of Object.entries(runs)) times[name].push(cpuMs(parameters));
    progress(`commands, turn ${turn + 1} of ${turns}`);
  }
  await stopped(child);
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}
