import { beforeEach, describe, expect, test } from 'vitest';
import { memoryBuses } from '../../src/drivers/memory/bus-memory.ts';
import { createManualClock, type ManualClock } from '../../src/drivers/memory/clock.ts';
import { MemoryRedis } from '../../src/drivers/memory/redis-memory.ts';
import { Secret } from '../../src/lib/secret.ts';
import type { LockHolder } from '../../src/model/fault.ts';
import { peerName, testName } from '../../src/model/names.ts';
import type { Bus } from '../../src/ports/bus.ts';
import { Recorder } from './bus-recorder.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');
const holder: LockHolder = { test: 't', run: 'r', pid: 1, machine: 'm', user: 'u', since: '2026-01-01T00:00:00.000Z' };
const connect = (redis: MemoryRedis): Promise<Bus> => memoryBuses(redis).connect(new Secret('redis://h:1'), signal);
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve();
};

describe('the faults of a Redis in memory', () => {
  let clock: ManualClock;
  let redis: MemoryRedis;

  beforeEach(() => {
    clock = createManualClock();
    redis = new MemoryRedis({ clock });
    redis.start();
  });

  test('a tm that is killed hears no more and confirms nothing; the next one is told again', async () => {
    const first = new Recorder();
    let release: () => void = () => undefined;
    first.beforeSafe = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const dead = await connect(redis);
    await dead.listen(smoke, [alice], first, signal);
    redis.pushLog(alice, 'info|one');
    await turns(20);
    redis.kill();
    release();
    redis.setStatus(alice, 'started');
    let settled = false;
    void dead.send(alice, 'late', signal).finally(() => {
      settled = true;
    });
    await turns(50);
    expect([first.statuses, first.connection, settled]).toEqual([[], [], false]);
    const told = new Recorder();
    const listening = await (await connect(redis)).listen(smoke, [alice], told, signal);
    await listening.drain(signal);
    expect(told.messages(alice)).toEqual(['one']);
    expect(told.statuses).toEqual([{ peer: alice, status: 'started', missed: 0, via: 'notification' }]);
  });

  test('the lock of a killed tm runs out after thirty seconds', async () => {
    expect(await (await connect(redis)).lock(holder, signal)).toHaveProperty('held');
    redis.kill();
    const next = await connect(redis);
    clock.advance(29_999);
    expect(await next.lock({ ...holder, run: 'next' }, signal)).toEqual({ heldBy: holder });
    clock.advance(1);
    expect(await next.lock({ ...holder, run: 'next' }, signal)).toHaveProperty('held');
  });

  test('a lost connection is given up after sixty seconds', async () => {
    const told = new Recorder();
    const bus = await connect(redis);
    const listening = await bus.listen(smoke, [alice], told, signal);
    redis.loseConnections('cut');
    const sending = bus.send(alice, 'never', signal);
    clock.advance(60_000);
    await expect(sending).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'redis' } });
    await expect(listening.drain(signal)).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'redis' } });
    await turns(20);
    expect(told.connection).toEqual(['lost', 'ended']);
    redis.restoreConnections();
    await expect(bus.status(alice, signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
  });

  test('one that comes back before that is not given up later', async () => {
    const told = new Recorder();
    const bus = await connect(redis);
    await bus.listen(smoke, [alice], told, signal);
    redis.loseConnections('cut');
    clock.advance(59_999);
    redis.restoreConnections();
    await turns(50);
    clock.advance(120_000);
    await turns(50);
    expect(told.connection).toEqual(['lost', 'restored']);
    expect(clock.waiting).toBe(0);
  });

  test('where CONFIG is refused the listener is told so, and flips are not counted', async () => {
    const closed = new MemoryRedis({ clock, configRefused: true });
    closed.start();
    const told = new Recorder();
    const listening = await (await connect(closed)).listen(smoke, [alice], told, signal);
    expect(listening.precision).toBe('polled');
    closed.setStatus(alice, 'a');
    closed.setStatus(alice, 'b');
    await listening.drain(signal);
    expect(told.statuses).toEqual([{ peer: alice, status: 'b', missed: 0, via: 'poll' }]);
  });

  test('a wrong password and a server that is not there are unreachable', async () => {
    redis.stop();
    await expect(connect(redis)).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'redis' } });
    redis.start({ password: 'x' });
    await expect(connect(redis)).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'redis' } });
    await memoryBuses(redis).connect(new Secret('redis://:x@h:1'), signal);
  });
});
