/** The packages that the container tests install: this version, and one that came before it. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT, runHere } from './host.js';

/** A version that every real one is newer than. */
export const EARLIER_VERSION = '0.0.1';

export type Debs = {
  readonly current: string;
  readonly earlier: string;
  readonly remove: () => void;
};

/** Builds one tree and packs it twice. */
export function buildDebs(): Debs {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-debs-'));
  const stage = join(directory, 'stage');
  runHere(join(PROJECT, 'systemd/stage.sh'), [stage, ...distOfEnvironment()]);
  return {
    current: buildDeb(join(directory, 'current'), { STAGE: stage }),
    earlier: buildDeb(join(directory, 'earlier'), { STAGE: stage, VERSION: EARLIER_VERSION }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Runs systemd/build-deb.sh with more environment; returns the path of the package in `out`. */
export function buildDeb(out: string, environment: Readonly<Record<string, string>> = {}): string {
  runHere(join(PROJECT, 'systemd/build-deb.sh'), [], { env: { OUT: out, ...environment } });
  const [name] = readdirSync(out);
  if (name === undefined) throw new Error(`build-deb.sh wrote nothing into ${out}`);
  return join(out, name);
}

/** DIST=DIR: test another compiled program than that of src/. */
function distOfEnvironment(): string[] {
  const dist = process.env['DIST'];
  return dist === undefined ? [] : [dist];
}
