import { describe, expect, test } from 'vitest';
import { testName } from '../../src/model/names.ts';
import type { Bus } from '../../src/ports/bus.ts';
import type { BusFixture } from './bus-fixture.ts';

const smoke = testName('smoke test');

/** How events are published and followed. */
export function followContract(at: BusFixture): void {
  describe('publish and follow', () => {
    const started = (run: string, resumed = false) => JSON.stringify({ type: 'run-started', run, resumed });
    const line = (text: string) => JSON.stringify({ type: 'log', message: text });

    /** Follows until `count` lines have come. */
    const follow = async (on: Bus, count: number): Promise<string[]> => {
      const stop = new AbortController();
      const lines: string[] = [];
      for await (const text of on.follow(smoke, stop.signal)) {
        lines.push(text);
        if (lines.length === count) stop.abort();
      }
      return lines;
    };

    test('gives each of several followers the current run from its first line, then live', async () => {
      await at.bus.publish(smoke, [started('old'), line('old')]);
      await at.bus.publish(smoke, [started('new'), line('one')]);
      const followers = await Promise.all([at.connect(), at.connect(), at.connect()]);
      const followed = Promise.all(followers.map((each) => follow(each, 4)));
      await at.bus.publish(smoke, [line('two')]);
      await at.bus.publish(smoke, [line('three')]);
      const expected = [started('new'), line('one'), line('two'), line('three')];
      expect(await followed).toEqual([expected, expected, expected]);
      expect(await follow(await at.connect(), 4)).toEqual(expected);
    });

    test('a resumed run goes on with its own history', async () => {
      await at.bus.publish(smoke, [started('r'), line('one')]);
      const again = await at.connect();
      await again.publish(smoke, [started('r', true), line('two')]);
      expect(await follow(at.bus, 4)).toEqual([started('r'), line('one'), started('r', true), line('two')]);
    });

    test('waits for a test that has not begun, and ends with its signal', async () => {
      const stop = new AbortController();
      const followed = follow(at.bus, 1);
      const ended = (async () => {
        for await (const text of at.bus.follow(testName('never'), stop.signal)) throw new Error(text);
      })();
      await (await at.connect()).publish(smoke, [started('r')]);
      expect(await followed).toEqual([started('r')]);
      stop.abort();
      await ended;
    });

    test('never throws, and what was published while the connection was away comes when it is back', async () => {
      await at.bus.publish(smoke, [started('r')]);
      const published: Promise<void>[] = [];
      const followed = follow(await at.connect(), 4);
      await at.rig.interrupt(async () => {
        published.push(at.bus.publish(smoke, [line('one')]), at.bus.publish(smoke, [line('two')]));
      });
      published.push(at.bus.publish(smoke, [line('three')]));
      await Promise.all(published);
      expect(await followed).toEqual([started('r'), line('one'), line('two'), line('three')]);
      await at.bus[Symbol.asyncDispose]();
      await at.bus.publish(smoke, [line('late')]);
    });
  });
}
