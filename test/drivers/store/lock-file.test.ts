import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMark } from '../../../src/drivers/process/start-mark.ts';
import { createFileStores } from '../../../src/drivers/store/stores.ts';
import type { LockHolder } from '../../../src/model/fault.ts';
import { testName } from '../../../src/model/names.ts';
import { holder } from '../../contract/store-contract.ts';
import type { TakerAnswer, TakerOrder } from './lock-taker.ts';

/** No system gives a process this pid. */
const DEAD_PID = 2 ** 30;

let directory: string;
let lockPath: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'tm-lock-')), '.tm');
  lockPath = join(directory, 'smoke', 'lock');
});

afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true, force: true });
});

const take = (run: string, changes: Partial<LockHolder> = {}) =>
  createFileStores(directory).open(testName('smoke')).lock(holder(run, changes));

const holds = () => createFileStores(directory).open(testName('smoke')).holder('workstation');

const recordOf = (token: string, changes: Partial<LockHolder> & { started?: string } = {}): string => {
  const { started = '', ...rest } = changes;
  return JSON.stringify({ ...holder('dead', { pid: DEAD_PID, ...rest }), started, token });
};

async function plant(name: string, text: string): Promise<void> {
  await mkdir(join(directory, 'smoke'), { recursive: true });
  await writeFile(join(directory, 'smoke', name), text);
}

const filesLeft = async (): Promise<string[]> =>
  (await readdir(join(directory, 'smoke'))).filter((name) => name.startsWith('lock')).sort();

describe('lock file', () => {
  it('says who holds it and since when, is only its user’s to read, and is gone when released', async () => {
    const lock = await take('smoke-1');
    const record = JSON.parse(await readFile(lockPath, 'utf8'));
    expect(record).toMatchObject(holder('smoke-1'));
    expect(record.started).toBe(await startMark(process.pid));
    if (!('held' in lock)) throw new Error('not held');
    await lock[Symbol.asyncDispose]();
    expect(await filesLeft()).toEqual([]);
  });

  it('replaces a holder that died on this machine, whose pid is another’s by now, or that crashed at any point of a takeover', async () => {
    const mark = (await startMark(process.pid)) ?? '';
    const crashes: readonly (readonly [string, string])[][] = [
      [['lock', recordOf('x')]],
      [['lock', recordOf('x', { pid: process.pid, started: `${mark}0` })]],
      [
        ['lock', recordOf('x')],
        ['lock.after-x', recordOf('y')],
      ],
      [
        ['lock', recordOf('x')],
        ['lock.after-x', recordOf('y')],
        ['lock.after-y', recordOf('z')],
      ],
      [
        ['lock', recordOf('y')],
        ['lock.after-x', recordOf('y')],
      ],
    ];
    for (const [index, files] of crashes.entries()) {
      await rm(join(directory, 'smoke'), { recursive: true, force: true });
      for (const [name, text] of files) await plant(name, text);
      expect(await holds(), `crash ${index}`).toBeUndefined();
      expect(await take(`smoke-${index}`), `crash ${index}`).toMatchObject({ held: true });
      expect(JSON.parse(await readFile(lockPath, 'utf8'))).toMatchObject({ run: `smoke-${index}`, pid: process.pid });
    }
  });

  it('leaves a living holder, and one of another machine, which nobody here can know to be dead', async () => {
    await plant('lock', recordOf('x', { pid: process.pid, run: 'alive' }));
    expect(await take('smoke-1')).toMatchObject({ heldBy: { run: 'alive', pid: process.pid } });
    await plant('lock', recordOf('x', { machine: 'elsewhere', run: 'far' }));
    expect(await take('smoke-1')).toMatchObject({ heldBy: { run: 'far', machine: 'elsewhere' } });
    expect(await holds()).toMatchObject({ run: 'far', machine: 'elsewhere' });
    await plant('lock', recordOf('x'));
    await plant('lock.after-x', recordOf('y', { pid: process.pid, run: 'rival' }));
    expect(await take('smoke-1')).toMatchObject({ heldBy: { run: 'rival' } });
  });

  it('does not guess at a file that is none of its own', async () => {
    for (const text of ['', '12345\n', 'null', '{}', '{"pid":1}', recordOf(''), recordOf('x', { pid: -1 })]) {
      await plant('lock', text);
      await expect(take('smoke-1')).rejects.toMatchObject({
        fault: { kind: 'failed', message: expect.stringMatching(/smoke\/lock is not a lock that tm wrote$/) },
      });
      expect(await readFile(lockPath, 'utf8')).toBe(text);
    }
  });

  it('goes to one of any number of takers in one process, whatever was there, and leaves nothing else behind', async () => {
    const remains = fc.constantFrom('nothing', 'a dead holder', 'a dead holder and a dead successor');
    await fc.assert(
      fc.asyncProperty(remains, fc.integer({ min: 1, max: 12 }), async (before, takers) => {
        await rm(join(directory, 'smoke'), { recursive: true, force: true });
        if (before !== 'nothing') await plant('lock', recordOf('x'));
        if (before === 'a dead holder and a dead successor') await plant('lock.after-x', recordOf('y'));
        const answers = await Promise.all(Array.from({ length: takers }, (_, n) => take(`smoke-${n}`)));
        expect(answers.filter((answer) => 'held' in answer)).toHaveLength(1);
        expect(await filesLeft()).toEqual(['lock']);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lock file between processes', () => {
  const TAKERS = 12;
  let bundles: string;
  let takers: Taker[] = [];

  beforeAll(async () => {
    bundles = await mkdtemp(join(tmpdir(), 'tm-lock-taker-'));
    const entry = join(import.meta.dirname, 'lock-taker.ts');
    const outfile = join(bundles, 'lock-taker.mjs');
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
  });
  afterEach(() => {
    for (const taker of takers) taker.kill();
    takers = [];
  });
  afterAll(() => rm(bundles, { recursive: true, force: true }));

  it('goes to exactly one of many, again and again, while the holders are killed or let go', async () => {
    const start = (): Taker => startTaker(join(bundles, 'lock-taker.mjs'), directory);
    takers = Array.from({ length: TAKERS }, start);
    for (let round = 0; round < 16; round++) {
      const answers = await Promise.all(takers.map((taker, n) => taker.ask({ kind: 'take', run: `${round}-${n}` })));
      const winners = answers.flatMap((answer, n) => (answer.kind === 'taken' ? [n] : []));
      expect(winners, JSON.stringify(answers)).toHaveLength(1);
      const winner = winners[0]!;
      const losers = answers.filter((_, n) => n !== winner);
      expect(losers).toEqual(losers.map(() => ({ kind: 'held', by: `${round}-${winner}` })));
      if (round % 4 === 3) {
        expect(await takers[winner]!.ask({ kind: 'release' })).toEqual({ kind: 'released' });
        expect(await filesLeft()).toEqual([]);
      } else {
        await takers[winner]!.kill();
        takers[winner] = start();
      }
    }
  });

  it('is taken over though takers are killed in the middle of it', async () => {
    const bundle = join(bundles, 'lock-taker.mjs');
    await plant('lock', recordOf('x', { machine: hostname() }));
    for (let round = 0; round < 8; round++) {
      takers = Array.from({ length: 3 }, () => startTaker(bundle, directory));
      const asked = takers.map((taker, n) => taker.ask({ kind: 'take', run: `${round}-${n}` }).catch(() => undefined));
      // The first answer finds the others at some point of their attempts; all are killed there.
      await Promise.race(asked);
      await Promise.all(takers.map((taker) => taker.kill()));
    }
    const last = startTaker(bundle, directory);
    takers = [last];
    expect(await last.ask({ kind: 'take', run: 'last' })).toEqual({ kind: 'taken' });
  });
});

interface Taker {
  ask(order: TakerOrder): Promise<TakerAnswer>;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
}

function startTaker(bundle: string, directory: string): Taker {
  const child: ChildProcess = fork(bundle, [directory]);
  const gone = once(child, 'exit');
  return {
    ask: async (order) => {
      const answer = once(child, 'message');
      child.send(order);
      const first = await Promise.race([answer, gone.then(() => undefined)]);
      if (first === undefined) throw new Error('the taker died');
      return first[0] as TakerAnswer;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
