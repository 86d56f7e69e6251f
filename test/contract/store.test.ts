import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';
import { createMemoryDisk } from '../../src/drivers/memory/store-disk.ts';
import { createFileStores } from '../../src/drivers/store/stores.ts';
import { peerName, type RunId } from '../../src/model/names.ts';
import type { RunStore } from '../../src/ports/store.ts';
import { storeContract } from './store-contract.ts';

const made: string[] = [];

afterAll(async () => {
  for (const directory of made) await rm(directory, { recursive: true, force: true });
});

storeContract('in files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tm-store-'));
  made.push(directory);
  const read = (run: RunStore, file: string): Promise<string> => readFile(join(run.path, file), 'utf8');
  return {
    process: () => createFileStores(join(directory, '.tm')),
    journal: (_store, run) => read(run, 'events.ndjson'),
    log: (_store, run) => read(run, 'run.log'),
    containerLog: (_store, run, peer) => read(run, `containers/${peer}.log`),
    file: (_store, run, name) => read(run, name),
  };
});

storeContract('in memory', async () => {
  const disk = createMemoryDisk();
  const files = (run: RunStore) => {
    const name = run.path.slice(run.path.lastIndexOf('/') + 1) as RunId;
    const found = [...disk.tests.values()].map(({ runs }) => runs.get(name)).find((one) => one !== undefined);
    if (found === undefined) throw new Error(`no run ${name} on the disk`);
    return found;
  };
  return {
    process: () => createMemoryStores(disk),
    journal: async (_store, run) =>
      files(run)
        .journal.map((line) => `${line}\n`)
        .join(''),
    log: async (_store, run) => files(run).log,
    containerLog: async (_store, run, peer) => files(run).containers.get(peerName(peer)) ?? 'missing',
    file: async (_store, run, name) => files(run).files.get(name) ?? 'missing',
  };
});
