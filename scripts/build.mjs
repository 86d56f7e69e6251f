/**
 * Builds what the package contains, into dist/:
 *
 *     tm.js, tm/          the command line tool and the parts that it loads when they are wanted; needs nothing but Node
 *     peer.js             the client library (`the-mule/peer`); ioredis stays a dependency
 *     peer/, model/       its declarations
 *     reference-peer.js   the peer of the examples, one file, for its image
 *     licenses.txt        the licences of what is bundled
 *
 * `node scripts/build.mjs [part…]` builds only the named parts: tm, peer, declarations, reference-peer.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** What CommonJS dependencies find around them, and an ES module does not have. */
const COMMONJS = [
  `import { createRequire as createRequireOfBundle } from 'node:module';`,
  `import { fileURLToPath as pathOfBundle } from 'node:url';`,
  `const require = createRequireOfBundle(import.meta.url);`,
  `const __filename = pathOfBundle(import.meta.url);`,
  `const __dirname = pathOfBundle(new URL('.', import.meta.url));`,
].join(' ');

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Ink looks for React's developer tools, and for its own package.json, where somebody has `DEV=true` in the environment: neither is there. */
const WITHOUT_DEVTOOLS = {
  name: 'without-devtools',
  setup(/** @type {import('esbuild').PluginBuild} */ build) {
    build.onLoad({ filter: /node_modules\/ink\/build\/utils\.js$/ }, () => ({
      contents: 'export const isDev = () => false;',
    }));
    build.onLoad({ filter: /node_modules\/ink\/build\/devtools\.js$/ }, () => ({ contents: '' }));
  },
};

/**
 * Writes the command line tool to `outdir`/tm.js, executable. In parts, because one file would have to be parsed whole at each start:
 * `tm --help` takes 8 ms more than Node itself this way and 45 ms more in one file, `tm validate` 54 and 77 ms (Node 22, quiet machine).
 * Not minified: that gains no time, and costs every stack trace.
 */
export async function buildTm(outdir) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  // The names of parts have a hash in them, so those of an earlier build would stay.
  await rm(join(outdir, 'tm'), { recursive: true, force: true });
  const result = await build({
    ...COMMON,
    entryPoints: { tm: 'src/cli/main.ts', 'tm/draw-worker': 'src/views/tui/ink/draw-worker.ts' },
    outdir,
    splitting: true,
    chunkNames: 'tm/[name]-[hash]',
    define: { __TM_VERSION__: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
    banner: { js: `#!/usr/bin/env node\n${COMMONJS}` },
    plugins: [WITHOUT_DEVTOOLS],
    // ssh2 tries these two and does without them.
    external: ['cpu-features', '*.node'],
  });
  await chmod(join(outdir, 'tm.js'), 0o755);
  return result.metafile;
}

/** Writes the client library to `outfile`. */
export async function buildPeer(outfile) {
  return (await build({ ...COMMON, entryPoints: ['src/peer/client.ts'], outfile, packages: 'external' })).metafile;
}

/** Writes the peer of the examples to `outfile`, an ES module whatever its name says. */
export async function buildReferencePeer(outfile) {
  const entryPoints = ['examples/peer/reference-peer.ts'];
  return (await build({ ...COMMON, entryPoints, outfile, banner: { js: COMMONJS } })).metafile;
}

/** Writes the client library's declarations below `outdir`. */
export async function buildDeclarations(outdir) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    await run(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', outdir]);
  } catch (error) {
    throw new Error(`tsc: ${error.stdout || error.message}`, { cause: error });
  }
  // tsc leaves the imports of declarations as they are written, and only the newest compilers resolve `.ts` there.
  const files = (await readdir(outdir, { recursive: true })).filter((file) => file.endsWith('.d.ts'));
  await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(outdir, file), 'utf8');
      await writeFile(join(outdir, file), text.replace(/(from '\.{1,2}\/[^']*)\.ts'/g, "$1.js'"));
    }),
  );
}

/** Writes the licence of every package that the bundles contain. */
async function writeLicenses(outfile, metafiles) {
  const packages = new Set();
  for (const input of metafiles.flatMap((metafile) => Object.keys(metafile.inputs))) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found?.[1] !== undefined) packages.add(found[1]);
  }
  const parts = [];
  for (const path of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, path))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(join(root, path, file), 'utf8');
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  await writeFile(outfile, parts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** `npx tm` in the checkout runs what was just built, as it will for those who install the package. */
async function linkTm(dist) {
  const link = join(root, 'node_modules', '.bin', 'tm');
  await rm(link, { force: true });
  await symlink(relative(dirname(link), join(dist, 'tm.js')), link);
}

async function main(wanted) {
  const began = performance.now();
  const dist = join(root, 'dist');
  const all = wanted.length === 0;
  const wants = (part) => all || wanted.includes(part);
  // What an earlier build left must not be published with this one.
  if (all) await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });

  const outcomes = await Promise.allSettled([
    wants('tm') && buildTm(dist),
    wants('peer') && buildPeer(join(dist, 'peer.js')),
    wants('reference-peer') && buildReferencePeer(join(dist, 'reference-peer.js')),
    wants('declarations') && buildDeclarations(dist),
  ]);
  const metafiles = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' && outcome.value) || []);
  if (wants('tm')) await linkTm(dist);
  if (all) await writeLicenses(join(dist, 'licenses.txt'), metafiles);

  for (const file of (await readdir(dist)).filter((name) => name.endsWith('.js') || name === 'tm').sort()) {
    console.error(`${relative(process.cwd(), join(dist, file)).padEnd(28)} ${await size(join(dist, file))}`);
  }
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    process.exitCode = 1;
    // esbuild has said it already, and better.
    if (outcome.reason.errors === undefined) console.error(outcome.reason.message);
  }
  const took = `${((performance.now() - began) / 1000).toFixed(2)} s`;
  console.error(process.exitCode ? `failed after ${took}` : `built in ${took}`);
}

/** Of a file, or of all in a directory, in kB. */
async function size(path) {
  const files = (await stat(path)).isDirectory() ? (await readdir(path)).map((file) => join(path, file)) : [path];
  const bytes = (await Promise.all(files.map((file) => stat(file)))).reduce((sum, entry) => sum + entry.size, 0);
  return `${(bytes / 1000).toFixed(0).padStart(6)} kB`;
}

if (process.argv[1] !== undefined && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  await main(process.argv.slice(2));
}
