// One candidate of throughput.mjs: `bare`, or the core with so many sensors. Each message asks for one pass.
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Explainer } from '../build/ts/bridge/explain.js';
import { loadConfiguration } from '../build/ts/config/load.js';

const [name, path, folder] = process.argv.slice(2);

/** Reads and splits into strings; with `line` each is handed over with its number and offset. */
function readLines(line) {
  const file = openSync(path, 'r');
  const block = Buffer.alloc(65536);
  let carry = '';
  let offset = 0;
  let count = 0;
  for (let bytes = readSync(file, block); bytes > 0; bytes = readSync(file, block)) {
    const lines = (carry + block.latin1Slice(0, bytes)).split('\n');
    carry = lines.pop();
    if (line === undefined) count += lines.length;
    else {
      for (const text of lines) {
        count += 1;
        line(text, 'log', count, offset);
        offset += text.length + 1;
      }
    }
  }
  closeSync(file);
  return count;
}

/** Settings of so many sensors. X10 has 256 addresses: an alias file cannot name more, so the core gets some twice. */
function settingsWith(sensors) {
  const file = join(folder, `aliases.${name}.yaml`);
  const aliases = Array.from({ length: Math.min(sensors, 250) }, (_, index) => {
    const address = `${String.fromCharCode(65 + Math.floor(index / 16))}${(index % 16) + 1}`;
    return `  s${index + 1}: { address: ${address}, model: PLCSENSOR, hold: 30s }`;
  });
  writeFileSync(file, `aliases:\n${aliases.join('\n')}\n`);
  const env = { HEYU2MQTT_ALIASES: file, HEYU2MQTT_HEYU_TIMEZONE: 'UTC' };
  const loaded = loadConfiguration({ configFile: undefined, env, version: '0', anyZone: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { core } = loaded.configuration;
  const all = Array.from({ length: sensors }, (_, index) => {
    const sensor = core.sensors[index % core.sensors.length];
    return index < core.sensors.length ? sensor : { ...sensor, id: `n${index}`, alias: `n${index}` };
  });
  return { ...core, sensors: all };
}

function passOf() {
  if (name === 'bare') return () => readLines(undefined);
  const settings = settingsWith(Number(name));
  return () => {
    const explainer = new Explainer(settings, { year: 2026, armed: [], disarmed: [] }, undefined);
    readLines(explainer.line.bind(explainer));
    explainer.end();
  };
}

const pass = passOf();
process.on('message', () => {
  const from = process.cpuUsage();
  pass();
  const { user, system } = process.cpuUsage(from);
  process.send({ cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 });
});
process.send('ready');
