import { describe, expect, test } from 'vitest';
import { peerName, testName } from '../../src/model/names.ts';
import type { BusFixture } from './bus-fixture.ts';
import { Recorder } from './bus-recorder.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');
const bob = peerName('bob');

/** How log lines are told, and how one knows that all are. */
export function logsContract(at: BusFixture): void {
  describe('logs', () => {
    test('come with level and text, in the order written', async () => {
      const [told] = await at.listen(at.bus, alice);
      await at.rig.log(alice, 'info|one', 'error|two|with a bar', 'no level', 'loud|three', 'warn|');
      await told.until(({ lines }) => lines.length === 5);
      expect(told.lines.map(({ level, message }) => [level, message])).toEqual([
        ['info', 'one'],
        ['error', 'two|with a bar'],
        ['trace', 'no level'],
        ['trace', 'three'],
        ['warn', ''],
      ]);
    });

    test('of 10,000 lines from five peers arrive all, each in order', async () => {
      const peers = ['a', 'b', 'c', 'd', 'e'].map(peerName);
      const [told, listening] = await at.listen(at.bus, ...peers);
      const texts = Array.from({ length: 2_000 }, (_, i) => `debug|line ${i}`);
      await Promise.all(peers.map((peer) => at.rig.log(peer, ...texts)));
      await listening.drain(signal);
      const expected = texts.map((text) => text.slice('debug|'.length));
      for (const peer of peers) expect(told.messages(peer)).toEqual(expected);
    });

    test('written before anyone listened, and after a pause, come too', async () => {
      await at.rig.log(alice, 'info|early');
      const [told, listening] = await at.listen(at.bus, alice);
      await listening.drain(signal);
      expect(told.messages(alice)).toEqual(['early']);
      await at.rig.log(alice, 'info|late');
      await told.until(({ lines }) => lines.length === 2);
    });

    test('leave Redis only once they are safe: what a listener never confirmed comes again', async () => {
      const [, listening] = await at.listen(at.bus, alice);
      const failing = new Recorder();
      await listening[Symbol.asyncDispose]();
      failing.beforeSafe = () => Promise.reject(new Error('disk full'));
      const broken = await at.bus.listen(smoke, [alice], failing, signal);
      await at.rig.log(alice, 'info|one', 'info|two');
      await expect(broken.drain(signal)).rejects.toThrow('disk full');
      await broken[Symbol.asyncDispose]();
      const [told, next] = await at.listen(await at.connect(), alice);
      await next.drain(signal);
      expect(told.messages(alice)).toEqual(['one', 'two']);
    });

    test('are neither lost nor doubled by a break while they are being told', async () => {
      const [told, listening] = await at.listen(at.bus, alice);
      let interrupted: Promise<void> | undefined;
      told.beforeSafe = async () => {
        interrupted ??= at.rig.interrupt();
        await interrupted;
      };
      await at.rig.log(alice, 'info|one', 'info|two');
      await told.until(({ lines }) => lines.length >= 2);
      await at.rig.log(alice, 'info|three');
      await told.until(({ connection }) => connection.includes('restored'));
      await listening.drain(signal);
      expect(told.messages(alice)).toEqual(['one', 'two', 'three']);
    });
  });

  describe('drain', () => {
    test('has told every status and line that was there', async () => {
      const [told, listening] = await at.listen(at.bus, alice, bob);
      for (let round = 1; round <= 5; round++) {
        await at.rig.log(alice, `info|${round}`);
        await at.rig.set(bob, `round ${round}`);
        await listening.drain(signal);
        expect(told.messages(alice)).toHaveLength(round);
        expect(told.statuses.at(-1)?.status).toBe(`round ${round}`);
      }
    });

    test('waits for lines that are still being made safe, and ends with its signal', async () => {
      const [told, listening] = await at.listen(at.bus, alice);
      let release: () => void = () => undefined;
      const safe = new Promise<void>((resolve) => {
        release = resolve;
      });
      told.beforeSafe = () => safe;
      await at.rig.log(alice, 'info|one');
      const stop = new AbortController();
      const given = listening.drain(stop.signal);
      stop.abort(new Error('no more'));
      await expect(given).rejects.toThrow('no more');
      expect(told.lines).toHaveLength(0);
      release();
      await listening.drain(signal);
      expect(told.lines).toHaveLength(1);
    });
  });
}
