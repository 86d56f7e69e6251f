import { beforeEach, describe, expect, it } from 'vitest';
import { TmError } from '../../src/model/fault.ts';
import { peerName, runId, testName } from '../../src/model/names.ts';
import type { Archive, ArchivedRun } from '../../src/ports/archive.ts';
import type { RunStore, Stores } from '../../src/ports/store.ts';

/** What a driver gives the contract: a fresh disk, as those see it who write runs, and those who read them. */
export interface ArchiveRig {
  readonly stores: Stores;
  readonly archive: Archive;
  /** What was written into the directory of a run. */
  file(run: ArchivedRun, name: string): Promise<string>;
}

const OLD = '2026-01-31-23-59-59';
const NEW = '2026-02-01-00-00-00';

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

async function faultOf(work: Promise<unknown>): Promise<{ readonly kind: string; readonly text: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TmError)) throw new Error(`no TmError but ${String(error)}`);
  return { kind: error.fault.kind, text: `${error.fault.message} | ${error.fault.hint}` };
}

/** What every driver of `ports/archive.ts` does. */
export function archiveContract(name: string, makeRig: () => Promise<ArchiveRig>): void {
  describe(`archive: ${name}`, () => {
    let rig: ArchiveRig;

    beforeEach(async () => {
      rig = await makeRig();
    });

    /** Makes a run of the test that its id begins with. */
    const open = (run: string): Promise<RunStore> =>
      rig.stores.open(testName(run.slice(0, run.indexOf('-')))).openRun(runId(run));
    const keep = async (run: string, lines: readonly string[] = ['{}']): Promise<void> => {
      await using store = await open(run);
      await store.journal(lines);
    };

    it('holds nothing at first, and says so', async () => {
      expect(await rig.archive.runs()).toEqual([]);
      expect(await faultOf(rig.archive.find())).toMatchObject({
        kind: 'usage',
        text: expect.stringContaining('no run is kept in'),
      });
      expect(await faultOf(rig.archive.find('smoke'))).toMatchObject({ kind: 'usage' });
    });

    it('lists the runs of every test, newest first', async () => {
      for (const run of [`fire-${OLD}`, `smoke-${NEW}`, `fire-${NEW}-10`, `fire-${NEW}-2`, 'smoke-by-hand'])
        await keep(run);
      const found = await rig.archive.runs();
      expect(found.map(({ run }) => run)).toEqual([
        `fire-${NEW}-10`,
        `fire-${NEW}-2`,
        `smoke-${NEW}`,
        `fire-${OLD}`,
        'smoke-by-hand',
      ]);
      expect((await rig.archive.find()).run).toBe(`fire-${NEW}-10`);
    });

    it('finds a run by its id, by the beginning of just one, and by where it is', async () => {
      for (const run of [`smoke-${OLD}`, `smoke-${NEW}`, `smoke-${NEW}-2`]) await keep(run);
      const meant = await rig.archive.find(`smoke-${NEW}`);
      expect(meant.run).toBe(`smoke-${NEW}`);
      expect((await rig.archive.find('smoke-2026-01')).run).toBe(`smoke-${OLD}`);
      expect(await rig.archive.find(meant.path)).toEqual(meant);
      expect(await rig.archive.find(`${meant.path}/events.ndjson`)).toEqual(meant);
    });

    it('says what there is where a name means none, or several', async () => {
      for (const run of [`smoke-${OLD}`, `smoke-${NEW}`]) await keep(run);
      expect(await faultOf(rig.archive.find('smoke-2026'))).toEqual({
        kind: 'usage',
        text: `"smoke-2026" may be any of 2 runs | give more of it: smoke-${NEW}, smoke-${OLD}`,
      });
      expect(await faultOf(rig.archive.find(`smok-${NEW}`))).toEqual({
        kind: 'usage',
        text: `there is no run "smok-${NEW}" | did you mean smoke-${NEW}?`,
      });
      expect(await faultOf(rig.archive.find('fire'))).toEqual({
        kind: 'usage',
        text: `there is no run "fire" | see tm runs; the newest is smoke-${NEW}`,
      });
    });

    it('reads a journal line by line, however long they are', async () => {
      const lines = ['{"seq":1}', `{"text":"${'三'.repeat(300_000)}"}`, '', '{"seq":3}'];
      await keep(`smoke-${NEW}`, lines);
      const run = await rig.archive.find();
      expect(await all(rig.archive.journal(run))).toEqual(lines);
      const some: string[] = [];
      for await (const line of rig.archive.journal(run)) {
        some.push(line);
        break;
      }
      expect(some).toEqual(lines.slice(0, 1));
    });

    it('gives the whole lines at the end of a journal', async () => {
      const lines = Array.from({ length: 9 }, (_, n) => `line ${n + 1} ü`);
      await keep(`smoke-${NEW}`, lines);
      const run = await rig.archive.find();
      // A line takes ten bytes.
      expect(await rig.archive.tail(run, 0)).toEqual([]);
      expect(await rig.archive.tail(run, 9)).toEqual([]);
      expect(await rig.archive.tail(run, 10)).toEqual(lines.slice(-1));
      expect(await rig.archive.tail(run, 29)).toEqual(lines.slice(-2));
      expect(await rig.archive.tail(run, 90)).toEqual(lines);
      expect(await rig.archive.tail(run, 1000)).toEqual(lines);
    });

    it('follows a journal until its reader has enough', async () => {
      await using store = await open(`smoke-${NEW}`);
      await store.journal(['one', 'two']);
      const leave = new AbortController();
      const heard: string[] = [];
      for await (const line of rig.archive.journal(await rig.archive.find(), { follow: leave.signal })) {
        heard.push(line);
        if (line === 'two') await store.journal(['three', 'four']);
        if (line === 'four') leave.abort();
      }
      expect(heard).toEqual(['one', 'two', 'three', 'four']);
    });

    it('gives what a container wrote, and nothing where none was kept', async () => {
      await using store = await open(`smoke-${NEW}`);
      await store.journal(['{}']);
      await store.containerLog(
        peerName('alice'),
        (async function* () {
          yield 'hé';
          yield 'llo\n';
        })(),
        1000,
      );
      const run = await rig.archive.find();
      expect((await all(rig.archive.containerLog(run, peerName('alice')))).join('')).toBe('héllo\n');
      expect(await all(rig.archive.containerLog(run, peerName('bob')))).toEqual([]);
    });

    it('writes a file into the directory of a run, in place of an earlier one', async () => {
      await keep(`smoke-${NEW}`);
      const run = await rig.archive.find();
      await rig.archive.write(run, 'report.json', 'an earlier one, longer');
      expect(await rig.archive.write(run, 'report.json', '{"ü":1}')).toBe(`${run.path}/report.json`);
      expect(await rig.file(run, 'report.json')).toBe('{"ü":1}');
    });
  });
}
