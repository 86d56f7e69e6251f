import { describe, expect, test } from 'vitest';
import { peerName, testName } from '../../src/model/names.ts';
import type { BusFixture } from './bus-fixture.ts';

const { signal } = new AbortController();
const alice = peerName('alice');
const bob = peerName('bob');
const carol = peerName('carol');

/** How heartbeats are read. */
export function heartbeatsContract(at: BusFixture): void {
  describe('heartbeats', () => {
    test('of all peers are read at once as they stand, of those that send any', async () => {
      expect(await at.bus.heartbeats([alice, bob, carol], signal)).toEqual(new Map());
      await at.rig.beat(alice, '1767225600123|2000');
      await at.rig.beat(carol, '1|500');
      await at.rig.beat(alice, '1767225602124|2000');
      const all = await at.bus.heartbeats([carol, alice, bob], signal);
      expect(all).toEqual(
        new Map([
          [alice, '1767225602124|2000'],
          [carol, '1|500'],
        ]),
      );
      expect(await at.bus.heartbeats([bob, alice], signal)).toEqual(new Map([[alice, '1767225602124|2000']]));
      expect(await at.bus.heartbeats([], signal)).toEqual(new Map());
    });

    test('are deleted with the other keys of their peer, before a run and at its end', async () => {
      for (const peer of [alice, bob]) await at.rig.beat(peer, '1|2000');
      await at.bus.clear([alice], signal);
      expect([...(await at.bus.heartbeats([alice, bob], signal)).keys()]).toEqual([bob]);
      await at.bus.retire(testName('smoke test'), [alice, bob], 3_600, signal);
      expect(await at.bus.heartbeats([alice, bob], signal)).toEqual(new Map());
    });

    test('are told to nobody who listens', async () => {
      const [told, listening] = await at.listen(at.bus, alice);
      for (let i = 0; i < 20; i++) await at.rig.beat(alice, `${i}|2000`);
      await at.rig.set(alice, 'started');
      await listening.drain(signal);
      expect([told.statuses.map(({ status }) => status), told.lines]).toEqual([['started'], []]);
      expect((await at.bus.heartbeats([alice], signal)).get(alice)).toBe('19|2000');
    });

    test('that are asked for while the connection is away are read when it is back', async () => {
      await at.rig.beat(alice, '1|2000');
      let reading: Promise<ReadonlyMap<string, string>> = Promise.resolve(new Map());
      await at.rig.interrupt(async () => {
        reading = at.bus.heartbeats([alice], signal);
        await at.rig.beat(alice, '2|2000');
      });
      expect([...(await reading).values()]).toEqual(['2|2000']);
    });

    test('are waited for until the signal', async () => {
      const stop = new AbortController();
      stop.abort(new Error('enough'));
      await expect(at.bus.heartbeats([alice], stop.signal)).rejects.toThrow('enough');
    });
  });
}
