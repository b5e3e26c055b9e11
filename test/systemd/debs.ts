/** The packages that the container tests install: this version, and one that came before it. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Builds the package, and from it the one that came before. */
export function buildDebs(): Debs {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-debs-'));
  const stage = join(directory, 'stage');
  runHere(join(PROJECT, 'systemd/stage.sh'), [stage, ...distOfEnvironment()]);
  const current = buildDeb(join(directory, 'current'), { STAGE: stage });
  return {
    current,
    earlier: asBefore(current, directory),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The package as it was at 0.1.0: the configuration in it, the system's Node alone, and no trigger. */
function asBefore(current: string, directory: string): string {
  const out = join(directory, 'earlier');
  mkdirSync(out);
  return repack(current, out, (tree) => {
    const edit = (path: string, change: (text: string) => string): void =>
      writeFileSync(join(tree, path), change(readFileSync(join(tree, path), 'utf8')));
    for (const name of ['config.yaml', 'aliases.yaml']) {
      cpSync(join(tree, 'usr/share/doc/heyu2mqtt/examples', name), join(tree, 'etc/heyu2mqtt', name));
      edit('DEBIAN/conffiles', (text) => `${text}/etc/heyu2mqtt/${name}\n`);
    }
    edit('DEBIAN/control', (text) =>
      text.replace(/^Version: .*/m, `Version: ${EARLIER_VERSION}`).replace(' | heyu2mqtt-node', ''),
    );
    edit(
      'DEBIAN/postinst',
      (text) =>
        `${text}[ -n "$2" ] || { cd /etc/heyu2mqtt; chown root:heyu2mqtt config.yaml; chmod 0640 config.yaml; }\n`,
    );
    rmSync(join(tree, 'DEBIAN/triggers'));
    const program = '/usr/bin/node /usr/lib/heyu2mqtt/dist/main.js';
    edit('usr/bin/heyu2mqtt', () => `#!/bin/sh\nexec ${program} "$@"\n`);
    edit('usr/lib/systemd/system/heyu2mqtt.service', (text) =>
      text.replace('/usr/bin/heyu2mqtt run', `${program} run`),
    );
  });
}

/** Runs systemd/build-deb.sh with more environment; returns the path of the package in `out`. */
export function buildDeb(out: string, environment: Readonly<Record<string, string>> = {}): string {
  runHere(join(PROJECT, 'systemd/build-deb.sh'), [], { env: { OUT: out, ...environment } });
  return onlyFile(out);
}

/** The package of the Node, packed quickly; returns its path in `out`. */
export function buildRuntimeDeb(
  out: string,
  architecture: 'amd64' | 'arm64',
  environment: Readonly<Record<string, string>> = {},
): string {
  const env = { OUT: out, COMPRESSION: 'none', ...environment };
  runHere(join(PROJECT, 'systemd/runtime/build-deb.sh'), [architecture], { env });
  return onlyFile(out);
}

/** Packs a package again, with a tree that `change` has changed. */
export function repack(deb: string, out: string, change: (tree: string) => void): string {
  const tree = join(out, 'tree');
  runHere('dpkg-deb', ['--raw-extract', deb, tree]);
  change(tree);
  const into = join(out, 'deb');
  mkdirSync(into);
  runHere('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, into]);
  rmSync(tree, { recursive: true });
  return onlyFile(into);
}

function onlyFile(folder: string): string {
  const [name] = readdirSync(folder);
  if (name === undefined) throw new Error(`no package was written into ${folder}`);
  return join(folder, name);
}

/** DIST=DIR: test another compiled program than that of src/. */
function distOfEnvironment(): string[] {
  const dist = process.env['DIST'];
  return dist === undefined ? [] : [dist];
}
