import { describe, expect, test } from 'vitest';
import type { LockHolder } from '../../src/model/fault.ts';
import { peerName, testName } from '../../src/model/names.ts';
import type { HandRequest } from '../../src/ports/bus.ts';
import type { BusFixture } from './bus-fixture.ts';

const { signal } = new AbortController();
const alice = peerName('alice');
const smoke = testName('smoke test');
const request = (id: string, command = 'pull'): HandRequest => ({ id, peer: 'alice', command, by: 'u@m' });
const holder: LockHolder = {
  test: smoke,
  run: 'r',
  pid: 1,
  machine: 'm',
  user: 'u',
  since: '2026-01-01T00:00:00.000Z',
};

/** How commands come that somebody wants sent by hand. */
export function handContract(at: BusFixture): void {
  describe('requests', () => {
    test('of several terminals come once each, in their order, to the run of their test', async () => {
      const [told] = await at.listen(at.bus, alice);
      const terminals = [await at.connect(), await at.connect()];
      const asked: HandRequest[] = [];
      for (let i = 0; i < 250; i++) {
        const each = request(`id ${i}`, `push|bob|"${i}"\n🐎`);
        asked.push(each);
        await terminals[i % 2]!.ask(smoke, each, signal);
      }
      await terminals[0]!.ask(testName('another'), request('not ours'), signal);
      await told.until(({ requests }) => requests.length >= asked.length);
      expect(told.requests).toEqual(asked);
    });

    test('that were made before anyone listened, or while the connection was away, come too', async () => {
      await at.bus.ask(smoke, request('one'), signal);
      const [told] = await at.listen(at.bus, alice);
      await told.until(({ requests }) => requests.length === 1);
      let later: Promise<void> = Promise.resolve();
      await at.rig.interrupt(async () => {
        later = at.bus.ask(smoke, request('two'), signal);
      });
      await later;
      await told.until(({ requests }) => requests.length === 2);
      expect(told.requests.map(({ id }) => id)).toEqual(['one', 'two']);
    });

    test('that no run took are not for the next one', async () => {
      const terminal = await at.connect();
      await terminal.ask(smoke, request('stale'), signal);
      await terminal.retire(smoke, [alice], 60, signal);
      await terminal.ask(smoke, request('late'), signal);
      await at.bus.lock(holder, signal);
      await terminal.ask(smoke, request('fresh'), signal);
      const [told] = await at.listen(at.bus, alice);
      await told.until(({ requests }) => requests.length > 0);
      expect(told.requests.map(({ id }) => id)).toEqual(['fresh']);
    });

    test('with an identity that was there before are other requests', async () => {
      const [told] = await at.listen(at.bus, alice);
      await at.bus.ask(smoke, request('same'), signal);
      await told.until(({ requests }) => requests.length === 1);
      await at.bus.ask(smoke, request('same'), signal);
      await told.until(({ requests }) => requests.length === 2);
    });
  });
}
