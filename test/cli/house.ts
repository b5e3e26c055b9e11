/** A house in a temporary folder: configuration, alias file, heyu's configuration and its log. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli, type Ran } from './run-cli.js';

/** The files of a house and its command line. */
export type House = {
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  readonly read: (name: string) => string;
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

/** Builds a house; it is gone after the test. */
export function house(files: Readonly<Record<string, string>> = {}): House {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-house-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => writeFileSync(path(name), text);
  const all = {
    'config.yaml': CONFIG,
    x10config: X10CONFIG,
    'aliases.yaml': ALIASES,
    'heyu.log': '',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) write(name, text);
  return {
    path,
    write,
    read: (name) => readFileSync(path(name), 'utf8'),
    alias: (...args) => runCli('alias', ...args, '--config', path('config.yaml')),
  };
}
