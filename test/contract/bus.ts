import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LockHolder } from '../../src/model/fault.ts';
import { peerName, runId, testName } from '../../src/model/names.ts';
import { commandsContract } from './bus-commands.ts';
import { BusFixture, type BusRig } from './bus-fixture.ts';
import { followContract } from './bus-follow.ts';
import { handContract } from './bus-hand.ts';
import { heartbeatsContract } from './bus-heartbeats.ts';
import { logsContract } from './bus-logs.ts';
import { replicatedContract } from './bus-replicated.ts';
import { statusesContract } from './bus-statuses.ts';

const { signal } = new AbortController();
const alice = peerName('alice');
const bob = peerName('bob');
const smoke = testName('smoke test');

/** What every bus does, whatever it is made of. */
export function busContract(name: string, makeRig: () => Promise<BusRig>): void {
  describe(`bus on ${name}`, () => {
    const at = new BusFixture(makeRig);
    beforeEach(() => at.begin());
    afterEach(() => at.end());

    commandsContract(at);
    statusesContract(at);
    replicatedContract(at);
    handContract(at);
    heartbeatsContract(at);
    logsContract(at);
    followContract(at);

    test('clear deletes what the last run left', async () => {
      await at.rig.set(alice, 'stopped');
      await at.rig.log(alice, 'info|old');
      await at.bus.send(alice, 'old', signal);
      await at.bus.clear([alice, bob], signal);
      const [told, listening] = await at.listen(at.bus, alice);
      await listening.drain(signal);
      expect([told.statuses, told.lines, told.receipts]).toEqual([[], [], []]);
      await at.bus.send(alice, 'new', signal);
      expect(await at.rig.take(alice)).toBe('new');
    });

    test('only one listens at a time, and another may once it is done', async () => {
      const [, listening] = await at.listen(at.bus, alice);
      await expect(at.listen(at.bus, alice)).rejects.toThrow(/already/);
      await listening[Symbol.asyncDispose]();
      const [told] = await at.listen(at.bus, alice);
      await at.rig.set(alice, 'started');
      await told.until(({ statuses }) => statuses.length === 1);
    });

    describe('lock', () => {
      const holder = (run: string, pid = process.pid, machine = 'elsewhere'): LockHolder => ({
        test: smoke,
        run,
        pid,
        machine,
        user: 'u',
        since: '2026-01-01T00:00:00.000Z',
      });

      test('is held by one, named to the others, and free again when released', async () => {
        const lock = await at.bus.lock(holder('one'), signal);
        const other = await at.connect();
        expect(await other.lock(holder('two'), signal)).toEqual({ heldBy: holder('one') });
        expect(await other.holder('elsewhere', signal)).toEqual(holder('one'));
        if (!('held' in lock)) throw new Error('not taken');
        await lock[Symbol.asyncDispose]();
        const second = await other.lock(holder('two'), signal);
        expect(second).toMatchObject({ held: true });
        expect(await at.bus.lock(holder('three'), signal)).toEqual({ heldBy: holder('two') });
        // Released twice, it takes nothing away from the one who has it now.
        await lock[Symbol.asyncDispose]();
        expect(await at.bus.lock(holder('three'), signal)).toEqual({ heldBy: holder('two') });
      });

      test('of a process that died on this machine is replaced, of one elsewhere it is not', async () => {
        await (await at.connect()).lock(holder('dead', at.rig.deadPid, at.rig.machine), signal);
        expect(await at.bus.holder(at.rig.machine, signal), 'the dead hold nothing').toBeUndefined();
        expect((await at.bus.holder('elsewhere', signal))?.run, 'from elsewhere nobody can tell').toBe('dead');
        expect(await at.bus.lock(holder('far', 1, 'elsewhere'), signal)).toHaveProperty('heldBy');
        expect(await at.bus.lock(holder('next', process.pid, at.rig.machine), signal)).toHaveProperty('held', true);
      });
    });

    test('used runs are remembered per test', async () => {
      await at.bus.markUsed(smoke, runId('r1'), '2026-01-01T00:00:00.000Z');
      await at.bus.markUsed(smoke, runId('r2'), '2026-01-02T00:00:00.000Z');
      const other = await at.connect();
      expect(await other.usedRuns(smoke, signal)).toEqual([
        { run: 'r1', at: '2026-01-01T00:00:00.000Z' },
        { run: 'r2', at: '2026-01-02T00:00:00.000Z' },
      ]);
      expect(await other.usedRuns(testName('another'), signal)).toEqual([]);
    });
  });
}
