/** Runs a command line within the test: what it prints and how it ends; and a house whose aliases are to be edited. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { onTestFinished } from '../support/test-end.js';
import { runProgram } from '../../src/cli/program.js';
import { makeHouse, type House } from '../support/house.js';

/** What a command did. */
export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** What the command prints in whose course something is written; others write to where they always do. */
const printing = new AsyncLocalStorage<{ out: string; err: string }>();

for (const to of ['out', 'err'] as const) {
  const stream = to === 'out' ? process.stdout : process.stderr;
  const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...more: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...more: unknown[]): boolean => {
    const printed = printing.getStore();
    if (printed === undefined) return write(chunk, ...more);
    printed[to] += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
    return true;
  };
}

/** Runs `heyu2mqtt ARGS` in this process, not on a terminal. Several may run at once. */
export async function runCli(...args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' };
  try {
    const code = await printing.run(printed, () => runProgram(args));
    return { code, ...printed };
  } finally {
    process.exitCode = undefined;
  }
}

/** A house and its command line. */
export type AliasHouse = House & {
  /** `heyu2mqtt alias ARGS --config config.yaml`. */
  readonly alias: (...args: readonly string[]) => Promise<Ran>;
};

const CONFIG = `heyu:
  x10config: x10config
  log: heyu.log
  timezone: UTC
mqtt:
  url: mqtt://broker.example:1884
  username: bridge
  password_file: secret
zones:
  ground: { name: Ground floor }
`;

const X10CONFIG = `TTY /dev/ttyS0
LOG_DIR /var/log/heyu
ALIAS hall_motion A3 MS14A RFFORWARD
ALIAS hall_dark   A4 MS14A RFFORWARD
ALIAS front_door  C2 DS10A 0x65
`;

const ALIASES = `# the house
aliases:
  # in the hall
  hall_motion: # by the coats
    address: A3
    model: MS14A
    name: Hall
    dusk: A4

  front_door:
    address: C2
    model: DS10A
    zone: ground
`;

/** Builds a house with a configuration of heyu and some aliases; it is gone after the test. */
export function house(files: Readonly<Record<string, string>> = {}): AliasHouse {
  const all = { 'config.yaml': CONFIG, x10config: X10CONFIG, 'aliases.yaml': ALIASES, 'heyu.log': '' };
  const made = makeHouse({ files: { ...all, ...files } });
  onTestFinished(() => made.remove());
  return { ...made, alias: (...args) => runCli('alias', ...args, '--config', made.configPath) };
}
