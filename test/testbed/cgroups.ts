import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

/** Removes the control groups below `/<mark>` in each hierarchy. Their processes must have been ended before. */
export async function removeCgroups(mark: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const roots = mounts.filter(([, , type]) => type === 'cgroup' || type === 'cgroup2').map(([, path]) => path ?? '');
  await Promise.all(
    roots.map((root) =>
      until(() => removeTree(join(root, mark)), {
        what: `the kernel to let go of the cgroups ${join(root, mark)}`,
        timeoutMs: 10_000,
      }),
    ),
  );
}

/** Deepest first, with rmdir: the files in a cgroup cannot be deleted, and go with it. */
async function removeTree(path: string): Promise<true> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name));
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return true;
}
