/**
 * `npm run release`: makes everything that is published into `build/release/`. The program is built before.
 *
 * --untagged: a build to try, of any commit; it needs neither tag nor key. --unsigned: without the apt repository,
 * which is then made where the key is (`systemd/apt-repository.sh`).
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packForNpm, run } from './npm-package.js';
import { type PackageJson, pagesUrl, releaseProblems } from './release-checks.js';

const OUT = 'build/release';
const ARCHITECTURES = ['amd64', 'arm64'];

/** What is in the packages, as CycloneDX: what the build found in the bundle, and the Node of heyu2mqtt-node. */
function sbom(): string {
  const bundled = JSON.parse(readFileSync('build/sbom.json', 'utf8')) as {
    readonly components: readonly unknown[];
  };
  const { optionalDependencies } = JSON.parse(readFileSync('systemd/runtime/package.json', 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const nodes = Object.entries(optionalDependencies).map(([name, version]) => ({
    type: 'platform',
    'bom-ref': `${name}@${version}`,
    name: 'node',
    version,
    purl: `pkg:npm/${name}@${version}`,
  }));
  return `${JSON.stringify({ ...bundled, components: [...bundled.components, ...nodes] }, undefined, 2)}\n`;
}

/** What `sha256sum --check` reads. */
function checksums(): string {
  return readdirSync(OUT)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(OUT, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}

function release({ untagged, unsigned }: { readonly untagged: boolean; readonly unsigned: boolean }): void {
  const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson;
  const problems = releaseProblems({
    packageJson,
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
    tags: run('git', ['tag', '--points-at', 'HEAD']).split('\n'),
    isDirty: run('git', ['status', '--porcelain']) !== '',
    hasKey: unsigned || process.env['APT_SIGNING_KEY'] !== undefined,
  });
  if (problems.length > 0 && !untagged) {
    for (const problem of problems) console.error(`release: ${problem}`);
    console.error('hint: npm run release -- --untagged makes a build to try');
    process.exitCode = 1;
    return;
  }
  const version = run('systemd/version.sh', []);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  run('systemd/build-deb.sh', [], { OUT, DIST: 'dist', VERSION: version });
  for (const architecture of ARCHITECTURES) run('systemd/runtime/build-deb.sh', [architecture], { OUT });
  packForNpm(version, OUT);
  writeFileSync(join(OUT, `heyu2mqtt-${version}.cdx.json`), sbom());
  writeFileSync(join(OUT, 'SHA256SUMS'), checksums());
  if (!unsigned) run('systemd/apt-repository.sh', [OUT, join(OUT, 'apt'), pagesUrl(packageJson)]);
  console.log(`${OUT}:\n  ${readdirSync(OUT).sort().join('\n  ')}`);
}

const { values } = parseArgs({
  options: {
    untagged: { type: 'boolean', default: false },
    unsigned: { type: 'boolean', default: false },
  },
});
release(values);
