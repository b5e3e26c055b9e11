// The whole core (explain without printing) over a million lines, against a bare loop that reads and splits.
// CPU time of the user, because other programs are on the machine, too.
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createExplainer } from '../dist/bridge/explain.js';
import { loadConfiguration } from '../dist/config/load.js';

const two = (value) => String(value).padStart(2, '0');

/** A year of motion: a million lines, 50 MB. */
export function writeMillion(path) {
  const file = openSync(path, 'w');
  let at = Date.UTC(2026, 0, 1);
  let text = '';
  for (let index = 0; index < 500_000; index += 1) {
    at += index % 7 === 0 ? 9000 : 300;
    const date = new Date(at);
    const stamp = `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
    const unit = 1 + (index % 10);
    text += `${stamp}  rcvi addr unit      ${String(unit).padStart(2)} : hu A${String(unit).padEnd(2)} (s${unit})\n`;
    text += `${stamp}  rcvi func          ${index % 11 === 10 ? 'Off' : ' On'} : hc A\n`;
    if (text.length > 1_000_000) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

function readLines(path, line) {
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

function settingsWith(aliases, folder) {
  const path = join(folder, 'aliases.yaml');
  const lines = Array.from({ length: aliases }, (_, index) => {
    const address = `${String.fromCharCode(65 + Math.floor(index / 16))}${(index % 16) + 1}`;
    return `  s${index + 1}: { address: ${address}, model: PLCSENSOR, hold: 30s }`;
  });
  writeFileSync(path, `aliases:\n${lines.join('\n')}\n`);
  const env = { HEYU2MQTT_ALIASES: path, HEYU2MQTT_HEYU_TIMEZONE: 'UTC' };
  const loaded = loadConfiguration({ configFile: undefined, env, version: '0', anyZone: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.configuration.core;
}

const cpuMs = (work) => {
  let best = Infinity;
  for (let round = 0; round < 4; round += 1) {
    const from = process.cpuUsage();
    work();
    best = Math.min(best, process.cpuUsage(from).user / 1000);
  }
  return best;
};

/** CPU milliseconds of the bare loop and of the core with 10 and 250 aliases; resident memory before and after. */
export function throughput(folder) {
  const path = join(folder, 'million.log');
  writeMillion(path);
  const bare = cpuMs(() => readLines(path));
  const core = (aliases) => {
    const settings = settingsWith(aliases, folder);
    return cpuMs(() => {
      const explainer = createExplainer(settings, { year: 2026, armed: [], disarmed: [] }, undefined);
      readLines(path, explainer.line);
      explainer.end();
    });
  };
  const ten = core(10);
  const before = process.memoryUsage().rss;
  const many = core(250);
  return {
    bareMs: bare,
    coreMs: ten,
    core250Ms: many,
    rssMb: process.memoryUsage().rss / 1e6,
    grownMb: (process.memoryUsage().rss - before) / 1e6,
  };
}
