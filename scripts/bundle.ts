/**
 * `npm run build`: makes `dist/`, the program as it is shipped. Everything that it imports is in it, so that a start
 * reads a dozen files and not 400, and no dependency has to be installed. `import()` stays one: what only some
 * commands need is in files of its own.
 *
 * Beside it: `dist/THIRD-PARTY.txt`, the licences of what is bundled; `build/bundle.json`, esbuild's metafile; and
 * `build/sbom.json`, what is bundled as CycloneDX.
 */

import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bundledPackages, type Lock, type Manifest, sbomOf, thirdPartyText } from './bundled-packages.js';

const OUT = 'dist';

/**
 * What libraries import at their beginning, and few starts need. Each is a file of its own that is read at its first
 * use. Of what we import ourselves the functions are named.
 */
const LAZY: Readonly<Record<string, readonly string[]>> = {
  // a schedule that somebody has set
  'node-cron': ['schedule', 'validateDetailed'],
  // of mqtt.js: proxies, the timers of browsers, brokers behind ws: and wss:
  socks: [],
  'worker-timers': [],
  ws: [],
};

const OPTIONS = {
  outdir: OUT,
  outbase: 'src',
  platform: 'node',
  target: 'node20',
  bundle: true,
  metafile: true,
  // whole statements, but no comments and blanks: half of the text would be there for nobody
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  // finds the place in a trace that somebody sends; not packed
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Puts something in the place of each lazy module that loads it. All files lie in one folder. */
const lazily: Plugin = {
  name: 'lazily',
  setup: ({ onResolve, onLoad }) => {
    const filter = new RegExp(`^(${Object.keys(LAZY).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'lazily' }));
    onResolve({ filter: /^\.\/lazy-/, namespace: 'lazily' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter, namespace: 'lazily' }, ({ path }) => ({ contents: lazyModule(path, LAZY[path] ?? []) }));
  },
};

function lazyModule(path: string, functions: readonly string[]): string {
  const load = `const load = () => require('./lazy-${path}.cjs');`;
  if (functions.length > 0)
    return [
      load,
      ...functions.map((name) => `export const ${name} = (...all) => load().${name}(...all);`),
    ].join('\n');
  // whether it is an ES module is asked at the beginning
  return `${load}
module.exports = new Proxy(class {}, {
  get: (_, name) => (name === '__esModule' ? undefined : load()[name]),
  construct: (_, all) => new (load())(...all),
});`;
}

/** The program without its entry: that has to be read by any Node, and imports this when it has looked which one it is. */
const bundleProgram = (): Promise<{ metafile: Metafile }> =>
  build({
    ...OPTIONS,
    entryPoints: ['src/cli/program.ts'],
    chunkNames: 'cli/[name]-[hash]',
    format: 'esm',
    splitting: true,
    plugins: [lazily],
    banner: {
      // for what is written in CommonJS
      js: "import{createRequire as createRequireOf}from'node:module';const require=createRequireOf(import.meta.url);",
    },
  });

const bundleLazyModules = (): Promise<{ metafile: Metafile }> =>
  build({
    ...OPTIONS,
    entryPoints: Object.keys(LAZY).map((path) => ({ in: path, out: `cli/lazy-${path}` })),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
  });

rmSync(OUT, { recursive: true, force: true });
const [program, lazy] = await Promise.all([bundleProgram(), bundleLazyModules()]);
await build({ ...OPTIONS, entryPoints: ['src/main.ts'], bundle: false });

const metafile: Metafile = {
  inputs: { ...program.metafile.inputs, ...lazy.metafile.inputs },
  outputs: { ...program.metafile.outputs, ...lazy.metafile.outputs },
};
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const packages = bundledPackages(metafile);
const sbom = sbomOf(readJson('package.json') as Manifest, packages, readJson('package-lock.json') as Lock);
mkdirSync('build', { recursive: true });
writeFileSync('build/bundle.json', JSON.stringify(metafile));
writeFileSync('build/sbom.json', `${JSON.stringify(sbom, null, 2)}\n`);
writeFileSync(`${OUT}/THIRD-PARTY.txt`, thirdPartyText(packages));
