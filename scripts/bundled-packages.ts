/** What of others is in the bundle: its licences, and its list for those who look for vulnerable versions. */

import type { Metafile } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of a package.json. */
export type Manifest = { readonly name: string; readonly version: string; readonly license?: string };

/** Of package-lock.json, by folder. */
export type Lock = { readonly packages: Readonly<Record<string, { readonly integrity?: string }>> };

/** One package of which something is in the bundle. */
export type BundledPackage = Required<Manifest> & {
  /** From the project's folder: `node_modules/yaml`. */
  readonly folder: string;
};

/** The packages of an esbuild metafile's outputs, by name and version. What was read but left out is not among them. */
export function bundledPackages({ outputs }: Metafile): readonly BundledPackage[] {
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(
    inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  return [...folders]
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      ) as Manifest;
      if (license === undefined) throw new Error(`${folder}/package.json names no license`);
      return { folder, name, version, license };
    })
    .sort((one, other) => compare(one.name, other.name) || compare(one.version, other.version));
}

// not by the language of who builds
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** The licences of all of them, as their files say. A few packages have no such file: the name of the licence stands for it. */
export function thirdPartyText(packages: readonly BundledPackage[]): string {
  const line = '-'.repeat(80);
  const parts = packages.map(({ folder, name, version, license }) => {
    const texts = readdirSync(folder)
      .filter((file) => /^(licen[sc]e|copying|notice)/i.test(file))
      .sort(compare)
      .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  return `The program contains these packages of others.\n\n${line}\n${parts.join(`\n\n${line}\n`)}\n`;
}

/** The program and what is in it, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */
export function sbomOf(
  { name, version, license = '' }: Manifest,
  packages: readonly BundledPackage[],
  lock: Lock,
): unknown {
  const component = (about: Required<Manifest>) => ({
    'bom-ref': `${about.name}@${about.version}`,
    name: about.name,
    version: about.version,
    purl: `pkg:npm/${about.name.replace('@', '%40')}@${about.version}`,
    licenses: [{ expression: about.license }],
  });
  const own = component({ name, version, license });
  const components = packages.map((each) => ({
    type: 'library',
    ...component(each),
    hashes: hashesOf(lock.packages[each.folder]?.integrity),
  }));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', ...own } },
    components,
    dependencies: [{ ref: own['bom-ref'], dependsOn: components.map((each) => each['bom-ref']) }],
  };
}

/** The digest of npm's tarball, as the lock file has it. */
function hashesOf(integrity = ''): readonly unknown[] {
  return integrity.split(' ').flatMap((each) => {
    const [, digest] = /^sha512-(.+)$/.exec(each) ?? [];
    return digest === undefined
      ? []
      : [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }];
  });
}
