import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** A program to be measured, as a peer that knows the commands `log` and `status` of the reference peer. */
export interface Subject {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

interface Client {
  readonly name: string;
  /** Makes it; quick where it is made already. */
  readonly build: readonly [string, ...string[]];
  readonly command: readonly [string, ...string[]];
}

const CLIENTS: readonly Client[] = [
  {
    name: 'TypeScript',
    build: ['npm', 'run', '--silent', 'build'],
    command: [process.execPath, 'dist/reference-peer.js'],
  },
  {
    name: 'Rust',
    build: ['bash', 'clients/rust/build.sh'],
    command: ['clients/rust/target/release/examples/reference-peer'],
  },
  {
    name: 'Python',
    build: ['bash', 'clients/python/build.sh'],
    command: ['clients/python/.venv/bin/python', 'clients/python/examples/reference_peer'],
  },
  { name: 'Go', build: ['bash', 'clients/go/build.sh'], command: ['clients/go/bin/reference-peer'] },
];

/** The name of the floor among the subjects. */
export const PLAIN = 'plain';

/**
 * The plain program, and the reference peers of the languages that are wanted, built. The plain one is bundled into `directory`, as the
 * TypeScript one is bundled.
 */
export async function prepareSubjects(
  wanted: (name: string) => boolean,
  directory: string,
): Promise<readonly Subject[]> {
  const outfile = join(directory, 'plain-peer.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'plain-peer.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const clients = CLIENTS.filter(({ name }) => wanted(name));
  return [{ name: PLAIN, command: [process.execPath, outfile] }, ...clients.map(built)];
}

function built({ name, build: [program, ...args], command }: Client): Subject {
  execFileSync(program, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const [first, ...rest] = command.map((part) => (existsSync(join(ROOT, part)) ? join(ROOT, part) : part));
  if (first === undefined || !existsSync(first))
    throw new Error(`${name}: the build has not made ${command.join(' ')}`);
  return { name, command: [first, ...rest] };
}
