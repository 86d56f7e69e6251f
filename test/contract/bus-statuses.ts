import { describe, expect, test } from 'vitest';
import { type PeerName, peerName } from '../../src/model/names.ts';
import type { BusFixture } from './bus-fixture.ts';

const { signal } = new AbortController();
const alice = peerName('alice');
const bob = peerName('bob');

/** How statuses are told. */
export function statusesContract(at: BusFixture): void {
  describe('statuses', () => {
    test('that stand already are told first, then each change, also to the same word', async () => {
      await at.rig.set(alice, 'started|/ip4/10.0.0.1/udp/1/quic-v1');
      const [told] = await at.listen(at.bus, alice, bob);
      await told.until(({ statuses }) => statuses.length === 1);
      for (const status of ['connected', 'connected', 'disconnected']) {
        const before = told.statuses.length;
        await at.rig.set(alice, status);
        await told.until(({ statuses }) => statuses.length === before + 1);
      }
      expect(told.statuses).toEqual(
        ['started|/ip4/10.0.0.1/udp/1/quic-v1', 'connected', 'connected', 'disconnected'].map((status) => ({
          peer: alice,
          status,
          missed: 0,
          via: 'notification',
        })),
      );
      expect(await at.bus.status(alice, signal)).toBe('disconnected');
      expect(await at.bus.status(bob, signal)).toBeUndefined();
    });

    test('that flip faster than they are read are told or counted, and the last is told', async () => {
      const [told, listening] = await at.listen(at.bus, alice, bob);
      const flips = Array.from({ length: 40 }, (_, i) => `s${i}`);
      await Promise.all([at.rig.set(alice, ...flips), at.rig.set(bob, ...flips)]);
      await listening.drain(signal);
      const seen = (peer: PeerName) =>
        told.statuses.filter((report) => report.peer === peer).reduce((sum, { missed }) => sum + 1 + missed, 0);
      await told.until(() => seen(alice) >= 40 && seen(bob) >= 40);
      expect([seen(alice), seen(bob)]).toEqual([40, 40]);
      expect(told.statuses.filter(({ peer }) => peer === bob).at(-1)?.status).toBe('s39');
    });

    test('of a peer that also streams them are each told, with their time, however fast they are', async () => {
      const [told, listening] = await at.listen(at.bus, alice, bob);
      const flips = Array.from({ length: 40 }, (_, i) => ({ status: `s${i}`, at: Date.UTC(2026, 0, 1) + i }));
      await Promise.all([at.rig.report(alice, ...flips), at.rig.report(bob, ...flips)]);
      await listening.drain(signal);
      for (const peer of [alice, bob]) {
        expect(told.statuses.filter((report) => report.peer === peer)).toEqual(
          flips.map(({ status }, i) => ({
            peer,
            status,
            missed: 0,
            via: 'stream',
            reportedAt: `2026-01-01T00:00:00.0${String(i).padStart(2, '0')}Z`,
          })),
        );
      }
    });

    test('streamed before anyone listened, and while the connection was away, are each told too', async () => {
      const reports = ['started', 'connecting', 'connected'].map((status, i) => ({ status, at: i }));
      await at.rig.report(alice, ...reports);
      const [told, listening] = await at.listen(at.bus, alice);
      await told.until(({ statuses }) => statuses.length === 3);
      await at.rig.interrupt(() => at.rig.report(alice, ...reports));
      await told.until(({ connection }) => connection.includes('restored'));
      await listening.drain(signal);
      expect(told.statuses.map(({ status, via }) => [status, via])).toEqual(
        [...reports, ...reports].map(({ status }) => [status, 'stream']),
      );
    });

    test('of a peer that streams some and only SETs others are each told or counted, none twice', async () => {
      const [told, listening] = await at.listen(at.bus, alice);
      let written = 0;
      for (let round = 0; round < 20; round++) {
        const word = `${round}`;
        if (round % 3 > 0) await at.rig.report(alice, { status: `a${word}`, at: 1 }, { status: `b${word}`, at: 2 });
        if (round % 3 < 2) await at.rig.set(alice, `c${word}`, `d${word}`);
        written += round % 3 === 1 ? 4 : 2;
        if (round % 2 === 0) await listening.drain(signal);
      }
      await listening.drain(signal);
      expect(told.statuses.reduce((sum, { missed }) => sum + 1 + missed, 0)).toBe(written);
      const streamed = told.statuses.filter(({ via }) => via === 'stream').map(({ status }) => status);
      const rounds = Array.from({ length: 20 }, (_, i) => i).filter((round) => round % 3 > 0);
      expect(streamed).toEqual(rounds.flatMap((round) => [`a${round}`, `b${round}`]));
    });

    test('are read again after a break, and told only where they changed', async () => {
      await at.rig.set(alice, 'started');
      await at.rig.set(bob, 'started');
      const [told] = await at.listen(at.bus, alice, bob);
      await told.until(({ statuses }) => statuses.length === 2);
      await at.rig.interrupt(async () => {
        await at.rig.set(bob, 'connected');
      });
      await told.until(({ connection }) => connection.length === 2);
      expect(told.connection).toEqual(['lost', 'restored']);
      expect(told.statuses.slice(2)).toEqual([{ peer: bob, status: 'connected', missed: 0, via: 'notification' }]);
    });
  });
}
