import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Rootfs, sharedLibraries } from './rootfs.ts';

// What the real image has: what BusyBox needs there, name services, and not libgcc_s or libstdc++.
const ofGlibc = /^lib(c|m|dl|rt|resolv|pthread|nss_(compat|dns|files|hesiod))\.so\.\d+$/;

/** This machine's C library and loader, and nothing else that a program could be linked with. */
export async function glibcRootfs(): Promise<Rootfs> {
  const ofNode = await sharedLibraries(process.execPath);
  const libc = ofNode.find((path) => path.endsWith('/libc.so.6'));
  const loader = ofNode.find((path) => /\/ld[-.\w]*\.so\.\d+$/.test(path));
  if (libc === undefined || loader === undefined) throw new Error(`${process.execPath} is not linked with glibc`);
  const directory = dirname(libc);
  const found = (await readdir(directory)).filter((file) => ofGlibc.test(file)).map((file) => join(directory, file));
  return { programs: Object.fromEntries([loader, ...found].map((path) => [path, path])) };
}
