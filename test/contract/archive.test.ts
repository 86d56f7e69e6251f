import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createMemoryArchive } from '../../src/drivers/memory/archive.ts';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';
import { createMemoryDisk } from '../../src/drivers/memory/store-disk.ts';
import { createFileArchive } from '../../src/drivers/store/archive.ts';
import { createFileStores } from '../../src/drivers/store/stores.ts';
import type { RunId } from '../../src/model/names.ts';
import { instantClock } from '../drivers/memory/instant-clock.ts';
import { archiveContract } from './archive-contract.ts';

const made: string[] = [];

afterAll(async () => {
  for (const directory of made) await rm(directory, { recursive: true, force: true });
});

archiveContract('in files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tm-archive-'));
  made.push(directory);
  return {
    stores: createFileStores(join(directory, '.tm')),
    archive: createFileArchive(join(directory, '.tm')),
    file: (run, name) => readFile(join(run.path, name), 'utf8'),
  };
});

archiveContract('in memory', async () => {
  const disk = createMemoryDisk();
  return {
    stores: createMemoryStores(disk),
    archive: createMemoryArchive(disk, instantClock()),
    file: async ({ run }, name) => {
      const found = [...disk.tests.values()].map(({ runs }) => runs.get(run as RunId)).find((one) => one !== undefined);
      return found?.files.get(name) ?? 'missing';
    },
  };
});
