/**
 * `npm run build`: makes `dist/`, the program as it is shipped. Everything that it imports is in it, so that a start
 * reads thirty files at most and not 400, and no dependency has to be installed. `import()` stays one: what only some
 * commands need is in files of its own.
 *
 * `dist/web/` is the page that the service serves, of `web/`: index.html, and the files that it names, each with a hash
 * of its content in its name.
 *
 * Beside it: `dist/THIRD-PARTY.txt`, the licences of what is bundled; `build/bundle.json`, esbuild's metafile; and
 * `build/sbom.json`, what is bundled as CycloneDX.
 */

import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { bundledPackages, type Lock, type Manifest, sbomOf, thirdPartyText } from './bundled-packages.js';

const OUT = 'dist';

/**
 * What libraries import at their beginning, and few starts need. Each is a file of its own that is read at its first
 * use. The functions are named of what is taken out of it at the beginning, and of ES modules.
 */
const LAZY: Readonly<Record<string, readonly string[]>> = {
  // a schedule from the configuration
  'node-cron': ['schedule', 'validateDetailed'],
  // of mqtt.js: proxies, the timers of browsers, brokers behind ws: and wss:
  socks: [],
  'worker-timers': ['setInterval', 'clearInterval'],
  ws: [],
};

const OPTIONS = {
  platform: 'node',
  target: 'node20',
  bundle: true,
  metafile: true,
  // whole statements, but no comments and blanks: half of the text would be useless
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  // finds the place in a trace of a user; not packed
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Parts of Node that CommonJS libraries (commander, mqtt.js) require at their beginning. */
const LAZY_OF_NODE: readonly string[] = ['node:child_process', 'tls'];

/** Puts something in the place of each lazy module that loads it. All files lie in one folder. */
const lazily: Plugin = {
  name: 'lazily',
  setup: (bundling) => {
    const filter = new RegExp(`^(${[...Object.keys(LAZY), ...LAZY_OF_NODE].join('|')})$`);
    bundling.onResolve({ filter }, ({ path, kind, namespace }) =>
      namespace === 'lazily' || (!(path in LAZY) && kind !== 'require-call')
        ? undefined
        : { path, namespace: 'lazily' },
    );
    bundling.onResolve({ filter: /^\.\/lazy-/ }, ({ path }) => ({ path, external: true }));
    bundling.onLoad({ filter, namespace: 'lazily' }, ({ path }) => ({
      contents: lazyModule(path in LAZY ? `./lazy-${path}.cjs` : path, LAZY[path] ?? []),
    }));
  },
};

function lazyModule(path: string, functions: readonly string[]): string {
  const load = `const load = () => require('${path}');`;
  const named = functions.map((name) => `export const ${name} = (...all) => load().${name}(...all);`);
  if (named.length > 0) return [load, ...named].join('\n');
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
    entryPoints: ['src/cli/program.ts', 'src/cli/kept-code.ts'],
    outdir: OUT,
    outbase: 'src',
    chunkNames: 'cli/[name]-[hash]',
    format: 'esm',
    splitting: true,
    plugins: [lazily],
    banner: {
      // for what is written in CommonJS
      js: "import{createRequire as createRequireOf}from'node:module';const require=createRequireOf(import.meta.url);",
    },
  });

/** Leaves out what other commands than `run` load. */
const onlyRun: Plugin = {
  name: 'only-run',
  setup: (bundling) => {
    bundling.onResolve({ filter: /^\.\// }, ({ path, kind, importer }) =>
      kind === 'dynamic-import' && importer.endsWith('/src/cli/commands.ts') && path !== './run.js'
        ? { path, namespace: 'left-out' }
        : undefined,
    );
    bundling.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: '' }));
  },
};

/**
 * The program with the command `run` alone, once more in one file, which is a function: V8 keeps compiled code of such
 * a file, not of ES modules (`src/cli/kept-code.ts`).
 */
const bundleRun = (): Promise<{ metafile: Metafile }> =>
  build({
    ...OPTIONS,
    entryPoints: ['src/cli/program.ts'],
    outfile: `${OUT}/cli/run.cjs`,
    format: 'cjs',
    plugins: [lazily, onlyRun],
    define: { 'import.meta.dirname': '__dirname' },
    banner: { js: '(function(module,exports,require,__dirname){' },
    footer: { js: '})' },
  });

const bundleLazyModule = (path: string): Promise<{ metafile: Metafile }> =>
  build({
    ...OPTIONS,
    outfile: `${OUT}/cli/lazy-${path}.cjs`,
    stdin: { contents: `module.exports = require('${path}');`, resolveDir: '.' },
    format: 'cjs',
  });

/** The page. In the written index.html each file has the name under which it was made. */
async function bundlePage(): Promise<{ metafile: Metafile }> {
  const { metafile } = await build({
    ...OPTIONS,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    minify: true,
    sourcemap: false,
    entryPoints: [
      { in: 'web/app.ts', out: 'app' },
      { in: 'web/style.css', out: 'style' },
      { in: 'web/icon.svg', out: 'icon' },
    ],
    loader: { '.svg': 'copy' },
    entryNames: '[name]-[hash]',
    outdir: `${OUT}/web`,
  });
  const made = Object.keys(metafile.outputs).map((path) => basename(path));
  const page = readFileSync('web/index.html', 'utf8').replace(
    /\.\/([\w-]+)(\.\w+)"/g,
    (_, name: string, ending: string) => {
      const file = made.find((each) => each.startsWith(`${name}-`) && each.endsWith(ending));
      if (file === undefined) throw new Error(`web/index.html names ${name}${ending}, which is not made`);
      return `./${file}"`;
    },
  );
  writeFileSync(`${OUT}/web/index.html`, page);
  return { metafile };
}

rmSync(OUT, { recursive: true, force: true });
const built = await Promise.all([
  bundleProgram(),
  bundleRun(),
  bundlePage(),
  ...Object.keys(LAZY).map(bundleLazyModule),
]);
// every Node since 10 can read it: it says that the Node is too old
await build({
  ...OPTIONS,
  entryPoints: ['src/main.ts'],
  outdir: OUT,
  bundle: false,
  target: 'es2019',
  supported: { 'dynamic-import': true },
});

const metafile: Metafile = {
  inputs: Object.fromEntries(built.flatMap((each) => Object.entries(each.metafile.inputs))),
  outputs: Object.fromEntries(built.flatMap((each) => Object.entries(each.metafile.outputs))),
};
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const packages = bundledPackages(metafile);
const sbom = sbomOf(readJson('package.json') as Manifest, packages, readJson('package-lock.json') as Lock);
mkdirSync('build', { recursive: true });
writeFileSync('build/bundle.json', JSON.stringify(metafile));
writeFileSync('build/sbom.json', `${JSON.stringify(sbom, null, 2)}\n`);
writeFileSync(`${OUT}/THIRD-PARTY.txt`, thirdPartyText(packages));
