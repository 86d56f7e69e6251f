import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';
import type { LockHolder } from '../../src/model/fault.ts';
import { type PeerName, peerName, runId, testName } from '../../src/model/names.ts';
import type { Bus, Buses, Listening } from '../../src/ports/bus.ts';
import { Recorder } from './bus-recorder.ts';

/** A Redis for the contract, with the peers' side of the wire in plain commands. */
export interface BusRig extends AsyncDisposable {
  readonly buses: Buses;
  readonly url: string;
  /** `BLPOP`: waits for the oldest command. */
  take(peer: PeerName): Promise<string>;
  /** `SET`s one after the other, as fast as it goes. */
  set(peer: PeerName, ...statuses: readonly string[]): Promise<void>;
  /** `LPUSH`es one after the other. */
  log(peer: PeerName, ...lines: readonly string[]): Promise<void>;
  /** Breaks the connections of every bus, and does `meanwhile` before they can be made again. */
  interrupt(meanwhile?: () => Promise<void>): Promise<void>;
  /** Another server without data in the place of this one. */
  replace(): Promise<void>;
  /** A process id of this machine that no longer lives. */
  readonly deadPid: number;
  readonly machine: string;
}

const alice = peerName('alice');
const bob = peerName('bob');
const smoke = testName('smoke test');

/** What every bus does, whatever it is made of. */
export function busContract(name: string, makeRig: () => Promise<BusRig>): void {
  describe(`bus on ${name}`, () => {
    const { signal } = new AbortController();
    let rig: BusRig;
    let bus: Bus;
    const open: AsyncDisposable[] = [];

    const connect = async (): Promise<Bus> => {
      const made = await rig.buses.connect(new Secret(rig.url), signal);
      open.push(made);
      return made;
    };
    const listen = async (on: Bus, ...peers: PeerName[]): Promise<[Recorder, Listening]> => {
      const recorder = new Recorder();
      return [recorder, await on.listen(peers, recorder, signal)];
    };

    beforeEach(async () => {
      rig = await makeRig();
      bus = await connect();
    });

    afterEach(async () => {
      for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    });

    describe('commands', () => {
      test('reach a waiting peer in the order of the calls, three at once', async () => {
        const [told] = await listen(bus, alice);
        const first = rig.take(alice);
        const numbers = await Promise.all(
          ['connect', 'push|bob|hi', 'pull'].map((text) => bus.send(alice, text, signal)),
        );
        expect([await first, await rig.take(alice), await rig.take(alice)]).toEqual(['connect', 'push|bob|hi', 'pull']);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        expect(new Set(numbers).size).toBe(3);
        await told.until(({ receipts }) => receipts.length === 3);
        expect(told.receipts).toEqual(numbers.map((message) => ({ peer: alice, message })));
      });

      test('wait in the queue for a peer that comes later, and are receipted only then', async () => {
        const [told, listening] = await listen(bus, alice, bob);
        const a = await bus.send(alice, 'one', signal);
        const b = await bus.send(bob, 'two', signal);
        await listening.drain(signal);
        expect(told.receipts).toEqual([]);
        expect(await rig.take(bob)).toBe('two');
        await told.until(({ receipts }) => receipts.length === 1);
        expect(await rig.take(alice)).toBe('one');
        await told.until(({ receipts }) => receipts.length === 2);
        expect(told.receipts).toEqual([
          { peer: bob, message: b },
          { peer: alice, message: a },
        ]);
      });

      test('keep quotes, newlines, bars and other alphabets', async () => {
        const text = 'push|bob|"it\'s"\n$(rm -rf)\u0000 жизнь 🐎';
        await bus.send(alice, text, signal);
        expect(await rig.take(alice)).toBe(text);
      });

      test('sent while the connection is away arrive once, in order, when it is back', async () => {
        const [told] = await listen(bus, alice);
        await bus.send(alice, 'before', signal);
        let meanwhile: Promise<number[]> = Promise.resolve([]);
        await rig.interrupt(async () => {
          meanwhile = Promise.all(['a', 'b', 'c'].map((text) => bus.send(alice, text, signal)));
        });
        expect(await meanwhile).toHaveLength(3);
        await bus.send(alice, 'after', signal);
        const taken: string[] = [];
        for (let i = 0; i < 5; i++) taken.push(await rig.take(alice));
        expect(taken).toEqual(['before', 'a', 'b', 'c', 'after']);
        await told.until(({ receipts }) => receipts.length === 5);
        expect(told.receipts.map(({ message }) => message)).toEqual([1, 2, 3, 4, 5]);
      });

      test('taken while the connection is away are receipted when it is back', async () => {
        const [told] = await listen(bus, alice);
        const message = await bus.send(alice, 'connect', signal);
        await rig.interrupt(async () => {
          expect(await rig.take(alice)).toBe('connect');
        });
        await told.until(({ receipts }) => receipts.length === 1);
        expect(told.receipts).toEqual([{ peer: alice, message }]);
      });

      test('that no peer took are there again in a server that came back without its data', async () => {
        const [told] = await listen(bus, alice);
        await bus.send(alice, 'one', signal);
        await bus.send(alice, 'two', signal);
        expect(await rig.take(alice)).toBe('one');
        await told.until(({ receipts }) => receipts.length === 1);
        await rig.replace();
        expect(await rig.take(alice)).toBe('two');
        await told.until(({ receipts }) => receipts.length === 2);
      });

      test('that are given up by their caller are not sent later', async () => {
        const [told] = await listen(bus, alice);
        const gone = new AbortController();
        let given: Promise<unknown> = Promise.resolve();
        await rig.interrupt(async () => {
          given = bus.send(alice, 'never', gone.signal).catch((error: unknown) => error);
          gone.abort(new Error('no more'));
          await given;
        });
        expect(await given).toMatchObject({ message: 'no more' });
        await told.until(({ connection }) => connection.includes('restored'));
        await bus.send(alice, 'next', signal);
        expect(await rig.take(alice)).toBe('next');
      });
    });

    describe('statuses', () => {
      test('that stand already are told first, then each change, also to the same word', async () => {
        await rig.set(alice, 'started|/ip4/10.0.0.1/udp/1/quic-v1');
        const [told] = await listen(bus, alice, bob);
        await told.until(({ statuses }) => statuses.length === 1);
        for (const status of ['connected', 'connected', 'disconnected']) {
          const before = told.statuses.length;
          await rig.set(alice, status);
          await told.until(({ statuses }) => statuses.length === before + 1);
        }
        expect(told.statuses).toEqual(
          ['started|/ip4/10.0.0.1/udp/1/quic-v1', 'connected', 'connected', 'disconnected'].map((status) => ({
            peer: alice,
            status,
            missed: 0,
          })),
        );
        expect(await bus.status(alice, signal)).toBe('disconnected');
        expect(await bus.status(bob, signal)).toBeUndefined();
      });

      test('that flip faster than they are read are told or counted, and the last is told', async () => {
        const [told, listening] = await listen(bus, alice, bob);
        const flips = Array.from({ length: 40 }, (_, i) => `s${i}`);
        await Promise.all([rig.set(alice, ...flips), rig.set(bob, ...flips)]);
        await listening.drain(signal);
        const seen = (peer: PeerName) =>
          told.statuses.filter((report) => report.peer === peer).reduce((sum, { missed }) => sum + 1 + missed, 0);
        await told.until(() => seen(alice) >= 40 && seen(bob) >= 40);
        expect([seen(alice), seen(bob)]).toEqual([40, 40]);
        expect(told.statuses.filter(({ peer }) => peer === bob).at(-1)?.status).toBe('s39');
      });

      test('are read again after a break, and told only where they changed', async () => {
        await rig.set(alice, 'started');
        await rig.set(bob, 'started');
        const [told] = await listen(bus, alice, bob);
        await told.until(({ statuses }) => statuses.length === 2);
        await rig.interrupt(async () => {
          await rig.set(bob, 'connected');
        });
        await told.until(({ connection }) => connection.length === 2);
        expect(told.connection).toEqual(['lost', 'restored']);
        expect(told.statuses.slice(2)).toEqual([{ peer: bob, status: 'connected', missed: 0 }]);
      });
    });

    describe('logs', () => {
      test('come with level and text, in the order written', async () => {
        const [told] = await listen(bus, alice);
        await rig.log(alice, 'info|one', 'error|two|with a bar', 'no level', 'loud|three', 'warn|');
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
        const [told, listening] = await listen(bus, ...peers);
        const texts = Array.from({ length: 2_000 }, (_, i) => `debug|line ${i}`);
        await Promise.all(peers.map((peer) => rig.log(peer, ...texts)));
        await listening.drain(signal);
        const expected = texts.map((text) => text.slice('debug|'.length));
        for (const peer of peers) expect(told.messages(peer)).toEqual(expected);
      });

      test('written before anyone listened, and after a pause, come too', async () => {
        await rig.log(alice, 'info|early');
        const [told, listening] = await listen(bus, alice);
        await listening.drain(signal);
        expect(told.messages(alice)).toEqual(['early']);
        await rig.log(alice, 'info|late');
        await told.until(({ lines }) => lines.length === 2);
      });

      test('leave Redis only once they are safe: what a listener never confirmed comes again', async () => {
        const [, listening] = await listen(bus, alice);
        const failing = new Recorder();
        await listening[Symbol.asyncDispose]();
        failing.beforeSafe = () => Promise.reject(new Error('disk full'));
        const broken = await bus.listen([alice], failing, signal);
        await rig.log(alice, 'info|one', 'info|two');
        await expect(broken.drain(signal)).rejects.toThrow('disk full');
        await broken[Symbol.asyncDispose]();
        const [told, next] = await listen(await connect(), alice);
        await next.drain(signal);
        expect(told.messages(alice)).toEqual(['one', 'two']);
      });

      test('are neither lost nor doubled by a break while they are being told', async () => {
        const [told, listening] = await listen(bus, alice);
        let interrupted: Promise<void> | undefined;
        told.beforeSafe = async () => {
          interrupted ??= rig.interrupt();
          await interrupted;
        };
        await rig.log(alice, 'info|one', 'info|two');
        await told.until(({ lines }) => lines.length >= 2);
        await rig.log(alice, 'info|three');
        await told.until(({ connection }) => connection.includes('restored'));
        await listening.drain(signal);
        expect(told.messages(alice)).toEqual(['one', 'two', 'three']);
      });
    });

    describe('drain', () => {
      test('has told every status and line that was there', async () => {
        const [told, listening] = await listen(bus, alice, bob);
        for (let round = 1; round <= 5; round++) {
          await rig.log(alice, `info|${round}`);
          await rig.set(bob, `round ${round}`);
          await listening.drain(signal);
          expect(told.messages(alice)).toHaveLength(round);
          expect(told.statuses.at(-1)?.status).toBe(`round ${round}`);
        }
      });

      test('waits for lines that are still being made safe, and ends with its signal', async () => {
        const [told, listening] = await listen(bus, alice);
        let release: () => void = () => undefined;
        const safe = new Promise<void>((resolve) => {
          release = resolve;
        });
        told.beforeSafe = () => safe;
        await rig.log(alice, 'info|one');
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

    test('clear deletes what the last run left', async () => {
      await rig.set(alice, 'stopped');
      await rig.log(alice, 'info|old');
      await bus.send(alice, 'old', signal);
      await bus.clear([alice, bob], signal);
      const [told, listening] = await listen(bus, alice);
      await listening.drain(signal);
      expect([told.statuses, told.lines, told.receipts]).toEqual([[], [], []]);
      await bus.send(alice, 'new', signal);
      expect(await rig.take(alice)).toBe('new');
    });

    test('only one listens at a time, and another may once it is done', async () => {
      const [, listening] = await listen(bus, alice);
      await expect(listen(bus, alice)).rejects.toThrow(/already/);
      await listening[Symbol.asyncDispose]();
      const [told] = await listen(bus, alice);
      await rig.set(alice, 'started');
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
        const lock = await bus.lock(holder('one'), signal);
        const other = await connect();
        expect(await other.lock(holder('two'), signal)).toEqual({ heldBy: holder('one') });
        if (!('held' in lock)) throw new Error('not taken');
        await lock[Symbol.asyncDispose]();
        const second = await other.lock(holder('two'), signal);
        expect(second).toMatchObject({ held: true });
        expect(await bus.lock(holder('three'), signal)).toEqual({ heldBy: holder('two') });
        // Released twice, it takes nothing away from the one who has it now.
        await lock[Symbol.asyncDispose]();
        expect(await bus.lock(holder('three'), signal)).toEqual({ heldBy: holder('two') });
      });

      test('of a process that died on this machine is replaced, of one elsewhere it is not', async () => {
        await (await connect()).lock(holder('dead', rig.deadPid, rig.machine), signal);
        expect(await bus.lock(holder('far', 1, 'elsewhere'), signal)).toHaveProperty('heldBy');
        expect(await bus.lock(holder('next', process.pid, rig.machine), signal)).toHaveProperty('held', true);
      });
    });

    test('used runs are remembered per test', async () => {
      await bus.markUsed(smoke, runId('r1'), '2026-01-01T00:00:00.000Z');
      await bus.markUsed(smoke, runId('r2'), '2026-01-02T00:00:00.000Z');
      const other = await connect();
      expect(await other.usedRuns(smoke, signal)).toEqual([
        { run: 'r1', at: '2026-01-01T00:00:00.000Z' },
        { run: 'r2', at: '2026-01-02T00:00:00.000Z' },
      ]);
      expect(await other.usedRuns(testName('another'), signal)).toEqual([]);
    });

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
        await bus.publish(smoke, [started('old'), line('old')]);
        await bus.publish(smoke, [started('new'), line('one')]);
        const followers = await Promise.all([connect(), connect(), connect()]);
        const followed = Promise.all(followers.map((each) => follow(each, 4)));
        await bus.publish(smoke, [line('two')]);
        await bus.publish(smoke, [line('three')]);
        const expected = [started('new'), line('one'), line('two'), line('three')];
        expect(await followed).toEqual([expected, expected, expected]);
        expect(await follow(await connect(), 4)).toEqual(expected);
      });

      test('a resumed run goes on with its own history', async () => {
        await bus.publish(smoke, [started('r'), line('one')]);
        const again = await connect();
        await again.publish(smoke, [started('r', true), line('two')]);
        expect(await follow(bus, 4)).toEqual([started('r'), line('one'), started('r', true), line('two')]);
      });

      test('waits for a test that has not begun, and ends with its signal', async () => {
        const stop = new AbortController();
        const followed = follow(bus, 1);
        const ended = (async () => {
          for await (const text of bus.follow(testName('never'), stop.signal)) throw new Error(text);
        })();
        await (await connect()).publish(smoke, [started('r')]);
        expect(await followed).toEqual([started('r')]);
        stop.abort();
        await ended;
      });

      test('never throws, and what was published while the connection was away comes when it is back', async () => {
        await bus.publish(smoke, [started('r')]);
        const published: Promise<void>[] = [];
        const followed = follow(await connect(), 4);
        await rig.interrupt(async () => {
          published.push(bus.publish(smoke, [line('one')]), bus.publish(smoke, [line('two')]));
        });
        published.push(bus.publish(smoke, [line('three')]));
        await Promise.all(published);
        expect(await followed).toEqual([started('r'), line('one'), line('two'), line('three')]);
        await bus[Symbol.asyncDispose]();
        await bus.publish(smoke, [line('late')]);
      });
    });
  });
}
