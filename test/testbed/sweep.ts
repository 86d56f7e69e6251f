import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from './cgroups.ts';
import { removeNetwork } from './network.ts';
import { commandLineOf, hasEnded, killHard } from './processes.ts';
import type { Slot } from './slot.ts';
import { until } from './until.ts';

/**
 * Removes everything of a slot, left over or just used: processes, cgroups, network, data. Only the holder of the slot's
 * lock may call it. Each step starts from what is there, so it can be repeated after a failure at any point.
 */
export async function sweep(slot: Slot): Promise<void> {
  await endCapsules(slot);
  await removeCgroups(slot.mark);
  await removeNetwork(slot);
  // Retries, because the kernel takes mounts of ended namespaces apart in its own time.
  await rm(slot.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

async function endCapsules(slot: Slot): Promise<void> {
  const names = await readdir(slot.dir).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      const dir = join(slot.dir, name);
      const pid = Number(await readFile(join(dir, 'init.pid'), 'utf8').catch(() => 0));
      // The number may by now be that of a stranger, whose command line does not name our directory.
      if (!(pid > 1) || !(await commandLineOf(pid)).includes(`capsule-init.sh ${dir} `)) return;
      killHard(pid);
      await until(() => hasEnded(pid), { what: `the processes of ${dir} to end`, timeoutMs: 15_000 });
    }),
  );
}
