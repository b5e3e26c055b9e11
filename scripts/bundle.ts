/**
 * `npm run build`: makes `dist/`, the program as it is shipped. Everything that it imports is in it, so that a start
 * reads a dozen files and not 400, and no dependency has to be installed. `import()` stays one: what only some
 * commands need is in files of its own.
 *
 * Beside it: `dist/THIRD-PARTY.txt`, the licences of what is bundled; `build/bundle.json`, esbuild's metafile; and
 * `build/sbom.json`, what is bundled as CycloneDX.
 */

import { build, type BuildOptions } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bundledPackages, type Lock, type Manifest, sbomOf, thirdPartyText } from './bundled-packages.js';

const OUT = 'dist';

const OPTIONS = {
  outdir: OUT,
  outbase: 'src',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // finds the place in a trace that somebody sends; not packed
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The program without its entry: that has to be read by any Node, and imports this when it has looked which one it is. */
async function bundleProgram(): ReturnType<typeof build<BuildOptions & { metafile: true }>> {
  return build({
    ...OPTIONS,
    entryPoints: ['src/cli/program.ts'],
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    metafile: true,
    // whole statements, but no comments and blanks: half of the text would be there for nobody
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    banner: {
      // for what is written in CommonJS
      js: "import{createRequire as createRequireOf}from'node:module';const require=createRequireOf(import.meta.url);",
    },
  });
}

rmSync(OUT, { recursive: true, force: true });
const { metafile } = await bundleProgram();
await build({ ...OPTIONS, entryPoints: ['src/main.ts'] });

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const packages = bundledPackages(metafile);
const sbom = sbomOf(readJson('package.json') as Manifest, packages, readJson('package-lock.json') as Lock);
mkdirSync('build', { recursive: true });
writeFileSync('build/bundle.json', JSON.stringify(metafile));
writeFileSync('build/sbom.json', `${JSON.stringify(sbom, null, 2)}\n`);
writeFileSync(`${OUT}/THIRD-PARTY.txt`, thirdPartyText(packages));
