import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';
import type { Labels } from '../../src/model/labels.ts';
import { hostName, runId, type TestName, testName } from '../../src/model/names.ts';
import type { Buses } from '../../src/ports/bus.ts';
import type { ManagedRedis, RedisServers } from '../../src/ports/redis-server.ts';

/** A control machine with a place for a managed Redis. */
export interface RedisServersRig extends AsyncDisposable {
  readonly servers: RedisServers;
  readonly buses: Buses;
  /** Wants a generated password. */
  readonly redis: ManagedRedis;
  /** Puts something into the place that is not tm's. */
  occupy(): Promise<AsyncDisposable>;
  /** Makes our server end without tm. */
  killServer(): Promise<void>;
}

/** Marks the servers of this process's tests. */
export const SPEC = `contract-${process.pid}`;

const { signal } = new AbortController();
// Ours are told apart by the test alone, and another run of these tests may be under way on this machine.
const smoke = testName(`smoke test ${process.pid}: "quoted", with = and spaces`);
const other = testName(`another ${process.pid}`);
const password = new Secret('p@ss "w\\ord"#1');

export const labelsOf = (test: TestName): Labels => ({
  test,
  run: runId('smoke-2026-01-01-00-00-00'),
  host: hostName('control'),
  spec: SPEC,
  redis: '',
});

/** What every keeper of managed Redis servers does. */
export function redisServersContract(name: string, makeRig: () => Promise<RedisServersRig>): void {
  describe(`managed Redis as ${name}`, () => {
    let rig: RedisServersRig;
    const observe = (test_: TestName, secret?: Secret) => rig.servers.observe(rig.redis, test_, secret, signal);
    const start = (test_: TestName, secret = password) =>
      rig.servers.start(rig.redis, { labels: labelsOf(test_), password: secret, bind: [] }, signal);
    const url = (secret: string) => new Secret(`redis://:${encodeURIComponent(secret)}@127.0.0.1:${rig.redis.port}/0`);

    beforeEach(async () => {
      rig = await makeRig();
    });

    afterEach(async () => {
      await rig.servers.remove(rig.redis, smoke, signal);
      await rig.servers.remove(rig.redis, other, signal);
      await rig[Symbol.asyncDispose]();
    });

    test('is absent, ready once started, and absent again when removed', async () => {
      expect(await observe(smoke, password)).toEqual({ kind: 'absent' });
      expect(await rig.servers.remove(rig.redis, smoke, signal)).toBe(false);
      await start(smoke);
      const there = await observe(smoke, password);
      expect(there).toMatchObject({ kind: 'ready' });
      const bus = await rig.buses.connect(url(password.reveal()), signal);
      expect(there).toEqual({ kind: 'ready', instance: bus.instance, version: bus.version });
      await bus[Symbol.asyncDispose]();
      // Looking at it has changed nothing.
      expect(await observe(smoke, password)).toEqual(there);
      expect(await rig.servers.remove(rig.redis, smoke, signal)).toBe(true);
      expect(await observe(smoke, password)).toEqual({ kind: 'absent' });
    });

    test('lets nobody in without its password, and is unusable for a tm that forgot it', async () => {
      await start(smoke);
      for (const wrong of ['', 'guess']) {
        await expect(rig.buses.connect(url(wrong), signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
      }
      expect(await observe(smoke, undefined)).toEqual({
        kind: 'unusable',
        because: expect.stringContaining('password'),
      });
      expect(await observe(smoke, new Secret('old'))).toMatchObject({ kind: 'unusable' });
    });

    test('of another test is foreign, named, and never removed', async () => {
      await start(smoke);
      const before = await observe(smoke, password);
      expect(await observe(other, password)).toEqual({
        kind: 'foreign',
        because: expect.stringContaining(smoke),
        test: smoke,
      });
      expect(await rig.servers.remove(rig.redis, other, signal)).toBe(false);
      await expect(start(other)).rejects.toMatchObject({ fault: { kind: 'conflict' } });
      expect(await observe(smoke, password)).toEqual(before);
    });

    test('that is not ours is foreign, in the way, and left alone', async () => {
      await using _theirs = await rig.occupy();
      const there = await observe(smoke, password);
      expect(there).toEqual({ kind: 'foreign', because: expect.stringMatching(/\S/) });
      await expect(start(smoke)).rejects.toMatchObject({
        fault: { kind: 'conflict', hint: expect.stringMatching(/\S/) },
      });
      expect(await rig.servers.remove(rig.redis, smoke, signal)).toBe(false);
      expect(await observe(smoke, password)).toEqual(there);
    });

    test('takes the place of its predecessor', async () => {
      await start(smoke, new Secret('first'));
      const first = await observe(smoke, new Secret('first'));
      await start(smoke);
      const second = await observe(smoke, password);
      expect(second).toMatchObject({ kind: 'ready' });
      expect(second).not.toEqual(first);
    });

    test('that has ended is absent or unusable, and can be started again', async () => {
      await start(smoke);
      await rig.killServer();
      expect(['absent', 'unusable']).toContain((await observe(smoke, password)).kind);
      await start(smoke);
      expect(await observe(smoke, password)).toMatchObject({ kind: 'ready' });
    });

    test('is not started for a caller who has given up', async () => {
      const gone = AbortSignal.abort(new Error('no more'));
      await expect(rig.servers.start(rig.redis, { labels: labelsOf(smoke), password, bind: [] }, gone)).rejects.toThrow(
        'no more',
      );
      expect(await observe(smoke, password)).toEqual({ kind: 'absent' });
    });
  });
}
