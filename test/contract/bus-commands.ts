import { describe, expect, test } from 'vitest';
import { peerName } from '../../src/model/names.ts';
import type { BusFixture } from './bus-fixture.ts';

const { signal } = new AbortController();
const alice = peerName('alice');
const bob = peerName('bob');

/** How commands reach peers, and how it is told that they did. */
export function commandsContract(at: BusFixture): void {
  describe('commands', () => {
    test('reach a waiting peer in the order of the calls, three at once', async () => {
      const [told] = await at.listen(at.bus, alice);
      const first = at.rig.take(alice);
      const numbers = await Promise.all(
        ['connect', 'push|bob|hi', 'pull'].map((text) => at.bus.send(alice, text, signal)),
      );
      expect([await first, await at.rig.take(alice), await at.rig.take(alice)]).toEqual([
        'connect',
        'push|bob|hi',
        'pull',
      ]);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(3);
      await told.until(({ receipts }) => receipts.length === 3);
      expect(told.receipts).toEqual(numbers.map((message) => ({ peer: alice, message })));
    });

    test('wait in the queue for a peer that comes later, and are receipted only then', async () => {
      const [told, listening] = await at.listen(at.bus, alice, bob);
      const a = await at.bus.send(alice, 'one', signal);
      const b = await at.bus.send(bob, 'two', signal);
      await listening.drain(signal);
      expect(told.receipts).toEqual([]);
      expect(await at.rig.take(bob)).toBe('two');
      await told.until(({ receipts }) => receipts.length === 1);
      expect(await at.rig.take(alice)).toBe('one');
      await told.until(({ receipts }) => receipts.length === 2);
      expect(told.receipts).toEqual([
        { peer: bob, message: b },
        { peer: alice, message: a },
      ]);
    });

    test('keep quotes, newlines, bars and other alphabets', async () => {
      const text = 'push|bob|"it\'s"\n$(rm -rf)\u0000 жизнь 🐎';
      await at.bus.send(alice, text, signal);
      expect(await at.rig.take(alice)).toBe(text);
    });

    test('sent while the connection is away arrive once, in order, when it is back', async () => {
      const [told] = await at.listen(at.bus, alice);
      await at.bus.send(alice, 'before', signal);
      let meanwhile: Promise<number[]> = Promise.resolve([]);
      await at.rig.interrupt(async () => {
        meanwhile = Promise.all(['a', 'b', 'c'].map((text) => at.bus.send(alice, text, signal)));
      });
      expect(await meanwhile).toHaveLength(3);
      await at.bus.send(alice, 'after', signal);
      const taken: string[] = [];
      for (let i = 0; i < 5; i++) taken.push(await at.rig.take(alice));
      expect(taken).toEqual(['before', 'a', 'b', 'c', 'after']);
      await told.until(({ receipts }) => receipts.length === 5);
      expect(told.receipts.map(({ message }) => message)).toEqual([1, 2, 3, 4, 5]);
    });

    test('taken while the connection is away are receipted when it is back', async () => {
      const [told] = await at.listen(at.bus, alice);
      const message = await at.bus.send(alice, 'connect', signal);
      await at.rig.interrupt(async () => {
        expect(await at.rig.take(alice)).toBe('connect');
      });
      await told.until(({ receipts }) => receipts.length === 1);
      expect(told.receipts).toEqual([{ peer: alice, message }]);
    });

    test('that no peer took are there again in a server that came back without its data', async () => {
      const [told] = await at.listen(at.bus, alice);
      await at.bus.send(alice, 'one', signal);
      await at.bus.send(alice, 'two', signal);
      expect(await at.rig.take(alice)).toBe('one');
      await told.until(({ receipts }) => receipts.length === 1);
      await at.rig.replace();
      expect(await at.rig.take(alice)).toBe('two');
      await told.until(({ receipts }) => receipts.length === 2);
    });

    test('that are given up by their caller are not sent later', async () => {
      const [told] = await at.listen(at.bus, alice);
      const gone = new AbortController();
      let given: Promise<unknown> = Promise.resolve();
      await at.rig.interrupt(async () => {
        given = at.bus.send(alice, 'never', gone.signal).catch((error: unknown) => error);
        gone.abort(new Error('no more'));
        await given;
      });
      expect(await given).toMatchObject({ message: 'no more' });
      await told.until(({ connection }) => connection.includes('restored'));
      await at.bus.send(alice, 'next', signal);
      expect(await at.rig.take(alice)).toBe('next');
    });
  });
}
