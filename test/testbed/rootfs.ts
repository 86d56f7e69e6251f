import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { findProgram } from './programs.ts';
import { runCommand } from './run-command.ts';

/** What goes into an image, as paths inside it. Programs bring their shared libraries along. */
export interface Rootfs {
  /** Path inside → program of this machine. */
  readonly programs: Readonly<Record<string, string>>;
  /** Path inside → script of this machine, made executable. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Path inside → what the symbolic link there leads to. */
  readonly links?: Readonly<Record<string, string>>;
  /** Path inside → directory of this machine. */
  readonly trees?: Readonly<Record<string, Tree>>;
  /** Paths inside of programs whose symbol table is not worth carrying; `all`: of all programs and their libraries. */
  readonly stripped?: 'all' | readonly string[];
}

interface Tree {
  readonly source: string;
  /** A regular expression for the names of files and directories that stay behind; text, so that it counts in the recipe's fingerprint. */
  readonly without: string;
}

const textFiles: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
  '/etc/group': 'root:x:0:\nnode:x:1000:\n',
  '/etc/nsswitch.conf': 'hosts: files dns\n',
};
const directories = [
  '/bin',
  '/usr/bin',
  '/usr/local/bin',
  '/etc',
  '/root',
  '/home/node',
  '/proc',
  '/sys',
  '/dev',
  '/var',
];

/** Writes the tar of a file system with BusyBox and the given programs; `tar` appears whole or not at all. */
export async function packRootfs(tar: string, rootfs: Rootfs): Promise<void> {
  const stage = await mkdtemp(join(tmpdir(), 'tm-rootfs-'));
  try {
    // mkdtemp makes it private, and its mode becomes that of the image's root directory.
    await chmod(stage, 0o755);
    for (const path of directories) await mkdir(join(stage, path), { recursive: true });
    await mkdir(join(stage, 'tmp'));
    await chmod(join(stage, 'tmp'), 0o1777);
    for (const [path, text] of Object.entries(textFiles)) await writeFile(join(stage, path), text);
    await addBusybox(stage);
    const libraries = new Set<string>();
    for (const [path, source] of Object.entries(rootfs.programs)) {
      await addFile(stage, path, source, 0o755);
      for (const library of await sharedLibraries(source)) libraries.add(library);
    }
    for (const library of libraries) await addFile(stage, library, library, 0o755);
    const { stripped = [] } = rootfs;
    for (const path of stripped === 'all' ? [...Object.keys(rootfs.programs), ...libraries] : stripped) {
      // It is not installed everywhere, and only makes things smaller.
      await runCommand('strip', [join(stage, path)]).catch(() => '');
    }
    for (const [path, source] of Object.entries(rootfs.scripts ?? {})) await addFile(stage, path, source, 0o755);
    for (const [path, target] of Object.entries(rootfs.links ?? {})) await symlink(target, join(stage, path));
    for (const [path, tree] of Object.entries(rootfs.trees ?? {})) await addTree(join(stage, path), tree);
    await mkdir(dirname(tar), { recursive: true });
    const partial = `${tar}.${process.pid}`;
    await runCommand('tar', ['-C', stage, '--numeric-owner', '--owner=0', '--group=0', '-cf', partial, '.']);
    await rename(partial, tar);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function addBusybox(stage: string): Promise<void> {
  const busybox = await findProgram('busybox');
  await addFile(stage, '/bin/busybox', busybox, 0o755);
  for (const library of await sharedLibraries(busybox)) await addFile(stage, library, library, 0o755);
  const applets = (await runCommand(busybox, ['--list'])).split('\n').filter((name) => name && name !== 'busybox');
  for (const applet of applets) await symlink('busybox', join(stage, 'bin', applet));
  await symlink('/bin/busybox', join(stage, 'usr/bin/env'));
}

/** The libraries that the loader would open, by the paths under which it looks for them; none for a static program. */
export async function sharedLibraries(program: string): Promise<readonly string[]> {
  const listing = await runCommand('ldd', [program]).catch(() => '');
  return [...listing.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].flatMap((match) => match[1] ?? []);
}

async function addTree(target: string, { source, without }: Tree): Promise<void> {
  const leftOut = new RegExp(without);
  await cp(source, target, {
    recursive: true,
    // Links may lead out of the tree, or nowhere.
    dereference: true,
    preserveTimestamps: true,
    filter: (path) => path === source || (!leftOut.test(basename(path)) && existsSync(path)),
  });
}

async function addFile(stage: string, path: string, source: string, mode: number): Promise<void> {
  const target = join(stage, path);
  await mkdir(dirname(target), { recursive: true });
  // Libraries and redis-server are often links; inside, the file itself stands under the link's name.
  await copyFile(await realpath(source), target);
  await chmod(target, mode);
}
