import { describe, expect, test } from 'vitest';
import { peerName } from '../../src/model/names.ts';
import type { BusFixture } from './bus-fixture.ts';

const { signal } = new AbortController();
const alice = peerName('alice');
const bob = peerName('bob');
const flips = Array.from({ length: 40 }, (_, i) => `s${i}`);

/** How statuses are told from the replication stream. */
export function replicatedContract(at: BusFixture): void {
  describe('replicated statuses', () => {
    test('are each told, however fast they are SET', async () => {
      expect(await at.bus.replicate([alice, bob], signal)).toBe(true);
      const [told, listening] = await at.listen(at.bus, alice, bob);
      expect(listening.precision).toBe('replicated');
      await Promise.all([at.rig.set(alice, ...flips), at.rig.set(bob, ...flips)]);
      await listening.drain(signal);
      for (const peer of [alice, bob]) {
        expect(told.statuses.filter((report) => report.peer === peer)).toEqual(
          flips.map((status) => ({ peer, status, missed: 0, via: 'replication' })),
        );
      }
    });

    test('are told from the one that stood at the beginning, also those that nobody listened to yet', async () => {
      await at.rig.set(alice, 'earlier', 'started');
      await at.bus.replicate([alice, bob], signal);
      await at.rig.set(alice, 'connecting', 'connected');
      // Once more, to be sure, is no new beginning.
      expect(await at.bus.replicate([alice], signal)).toBe(true);
      await at.rig.set(bob, 'started', 'started');
      const [told, listening] = await at.listen(at.bus, alice, bob);
      await listening.drain(signal);
      expect(told.statuses.filter(({ peer }) => peer === alice).map(({ status }) => status)).toEqual([
        'started',
        'connecting',
        'connected',
      ]);
      expect(told.statuses.filter(({ peer }) => peer === bob).map(({ status }) => status)).toEqual([
        'started',
        'started',
      ]);
    });

    test('that were deleted before anyone listened are not told', async () => {
      await at.rig.set(alice, 'stopped');
      await at.bus.replicate([alice], signal);
      await at.rig.set(alice, 'again');
      await at.bus.clear([alice], signal);
      await at.rig.set(alice, 'started');
      const [told, listening] = await at.listen(at.bus, alice);
      await listening.drain(signal);
      expect(told.statuses.map(({ status }) => status)).toEqual(['started']);
    });

    test('have the time of a peer that also streams them, and are told once', async () => {
      await at.bus.replicate([alice], signal);
      const [told, listening] = await at.listen(at.bus, alice);
      await at.rig.report(alice, { status: 'connecting', at: 0 }, { status: 'connected', at: 1 });
      await at.rig.set(alice, 'stopped');
      await listening.drain(signal);
      expect(told.statuses.map(({ status, via, reportedAt }) => [status, via, reportedAt])).toEqual([
        ['connecting', 'replication', '1970-01-01T00:00:00.000Z'],
        ['connected', 'replication', '1970-01-01T00:00:00.001Z'],
        ['stopped', 'replication', undefined],
      ]);
    });

    test('go on after a break, none told twice, and the last one that stands is told', async () => {
      await at.bus.replicate([alice], signal);
      const [told, listening] = await at.listen(at.bus, alice);
      await at.rig.set(alice, 'started');
      await told.until(({ statuses }) => statuses.length === 1);
      await at.rig.interrupt(async () => {
        await at.rig.set(alice, 'connecting', 'connected');
      });
      await told.until(({ connection }) => connection.includes('restored'));
      await listening.drain(signal);
      expect(told.statuses.map(({ status }) => status)).toEqual(['started', 'connecting', 'connected']);
      await at.rig.set(alice, ...flips);
      await listening.drain(signal);
      expect(told.statuses.slice(3).map(({ status }) => status)).toEqual(flips);
    });

    test('go on in another server that took the place of this one', async () => {
      await at.bus.replicate([alice], signal);
      const [told, listening] = await at.listen(at.bus, alice);
      await at.rig.set(alice, 'started');
      await told.until(({ statuses }) => statuses.length === 1);
      await at.rig.replace();
      await told.until(({ connection }) => connection.includes('restored'));
      await at.rig.set(alice, 'started', 'connected');
      await listening.drain(signal);
      expect(told.statuses.at(-1)?.status).toBe('connected');
      expect(told.statuses.reduce((sum, { missed }) => sum + 1 + missed, 0)).toBe(3);
    });

    test('of peers that were not asked for are read as without it', async () => {
      await at.bus.replicate([alice], signal);
      const [told, listening] = await at.listen(at.bus, alice, bob);
      expect(listening.precision).toBe('notified');
      await at.rig.set(bob, 'started');
      await listening.drain(signal);
      expect(told.statuses).toEqual([{ peer: bob, status: 'started', missed: 0, via: 'notification' }]);
    });
  });
}
