import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './cache-dir.ts';
import { importImage } from './engine-api.ts';
import { glibcRootfs } from './glibc-rootfs.ts';
import { findProgram } from './programs.ts';
import { pythonRootfs } from './python-rootfs.ts';
import { packRootfs, type Rootfs } from './rootfs.ts';

/** References of the images that each testbed has in its control engine, unless told otherwise. The hosts start without any. */
export const testImages = {
  /** BusyBox: sh, sleep, nc, … */
  base: 'tm-test/base:1',
  /** A peer in shell that knows the wire and nothing else; see images/plain-peer.sh. */
  plainPeer: 'tm-test/plain-peer:1',
  /** redis-server and redis-cli of this machine. */
  redis: 'tm-test/redis:7',
  /** This machine's Node under the name of the real image, so that Dockerfiles build `FROM` it. */
  node: 'node:20-bookworm-slim',
} as const;

/**
 * What the Dockerfiles of the clients in other languages build on, under the names of the real images; `provideImage` puts them into an
 * engine that needs them. The stand-ins hold less than the real ones, so what builds and runs on them does so on those too.
 */
export const clientBaseImages = {
  /** For programs without a C library, such as Go's. */
  busyboxMusl: 'busybox:1.37-musl',
  /** This machine's glibc, for programs that are linked with it, such as Rust's. */
  busyboxGlibc: 'busybox:1.37-glibc',
  /** This machine's Python, with whatever C library it has. */
  python: 'python:3.11-alpine',
} as const;

const references = { ...testImages, ...clientBaseImages };

export type ImageName = keyof typeof references;

interface Recipe {
  readonly rootfs: Rootfs;
  /** Dockerfile instructions. */
  readonly changes: readonly string[];
}

const PATH = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const plainPeerScript = fileURLToPath(new URL('images/plain-peer.sh', import.meta.url));

const recipes: Readonly<Record<ImageName, () => Promise<Recipe>>> = {
  base: async () => ({ rootfs: { programs: {} }, changes: [PATH, 'CMD ["sh"]'] }),
  plainPeer: async () => ({
    rootfs: {
      programs: { '/usr/local/bin/redis-cli': await findProgram('redis-cli') },
      scripts: { '/peer.sh': plainPeerScript },
    },
    changes: [PATH, 'ENTRYPOINT ["/peer.sh"]'],
  }),
  redis: async () => ({
    rootfs: {
      programs: {
        '/usr/local/bin/redis-server': await findProgram('redis-server'),
        '/usr/local/bin/redis-cli': await findProgram('redis-cli'),
      },
    },
    // The real image is built to answer from outside without a password too; Debian's server is not.
    changes: [PATH, 'CMD ["redis-server", "--protected-mode", "no"]', 'EXPOSE 6379'],
  }),
  node: async () => ({
    rootfs: { programs: { '/usr/local/bin/node': process.execPath }, stripped: ['/usr/local/bin/node'] },
    changes: [PATH, `ENV NODE_VERSION=${process.versions.node}`, 'CMD ["node"]'],
  }),
  busyboxMusl: async () => ({ rootfs: { programs: {} }, changes: [PATH, 'CMD ["sh"]'] }),
  busyboxGlibc: async () => ({ rootfs: await glibcRootfs(), changes: [PATH, 'CMD ["sh"]'] }),
  python: async () => ({ rootfs: await pythonRootfs(), changes: [PATH, 'ENV LANG=C.UTF-8', 'CMD ["python3"]'] }),
};

/** Puts an image into the engine behind `socket`, from the cache where it is there already. */
export async function provideImage(socket: string, name: ImageName): Promise<void> {
  const recipe = await recipes[name]();
  await importImage(socket, await cachedTar(name, recipe.rootfs), references[name], recipe.changes);
}

/** The tar of a file system, packed anew only when a file that goes into it has changed. */
async function cachedTar(name: ImageName, rootfs: Rootfs): Promise<string> {
  const dir = join(cacheDir(), 'images');
  const tar = join(dir, `${name}-${await fingerprint(rootfs)}.tar`);
  if (existsSync(tar)) return tar;
  await packRootfs(tar, rootfs);
  const stale = (await readdir(dir)).filter((file) => file.startsWith(`${name}-`) && join(dir, file) !== tar);
  // Only whole tars: a partial one may be another process's, just being written.
  await Promise.all(stale.filter((file) => file.endsWith('.tar')).map((file) => rm(join(dir, file), { force: true })));
  return tar;
}

/** Programs count by path, size and date (they are large), scripts and the recipe by their text. */
async function fingerprint(rootfs: Rootfs): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(rootfs)).update(process.arch);
  hash.update(await readFile(fileURLToPath(new URL('rootfs.ts', import.meta.url))));
  for (const program of [await findProgram('busybox'), ...Object.values(rootfs.programs)]) {
    const file = await realpath(program);
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  for (const script of Object.values(rootfs.scripts ?? {})) hash.update(await readFile(script));
  return hash.digest('hex').slice(0, 16);
}
