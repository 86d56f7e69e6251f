import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileStores } from '../../../src/drivers/store/stores.ts';
import type { LockHolder } from '../../../src/model/fault.ts';
import { testName } from '../../../src/model/names.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tm-machine-lock-'));
});

afterEach(() => rm(dir, { recursive: true }));

const holder = (run: string): LockHolder => ({
  test: 'smoke',
  run,
  pid: process.pid,
  machine: hostname(),
  user: 'somebody',
  since: '2026-01-01T00:00:00.000Z',
});

/** The store of a test as a tm sees it that was started in `project`. */
const storeIn = (project: string, name = 'smoke') =>
  createFileStores(join(dir, project, '.tm'), { machineLocks: join(dir, 'locks') }).open(testName(name));

test('the same test in another directory is told who has it, and may have it afterwards', async () => {
  const first = await storeIn('one').lock(holder('first'));
  expect('held' in first).toBe(true);
  expect(await storeIn('two').lock(holder('second'))).toMatchObject({ heldBy: { run: 'first' } });
  expect('held' in (await storeIn('two', 'another').lock(holder('other')))).toBe(true);
  if ('held' in first) await first[Symbol.asyncDispose]();
  const second = await storeIn('two').lock(holder('second'));
  expect('held' in second).toBe(true);
  if ('held' in second) await second[Symbol.asyncDispose]();
});
