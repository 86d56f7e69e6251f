import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './cache-dir.ts';
import { importImage } from './engine-api.ts';
import { findProgram } from './programs.ts';
import { packRootfs, type Rootfs } from './rootfs.ts';

/** References of the images that each testbed has in its control engine. The hosts start without any. */
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

export type ImageName = keyof typeof testImages;

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
};

/** Puts an image into the engine behind `socket`, from the cache where it is there already. */
export async function provideImage(socket: string, name: ImageName): Promise<void> {
  const recipe = await recipes[name]();
  await importImage(socket, await cachedTar(name, recipe.rootfs), testImages[name], recipe.changes);
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
