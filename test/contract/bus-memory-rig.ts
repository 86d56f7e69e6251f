import { memoryBuses } from '../../src/drivers/memory/bus-memory.ts';
import { MemoryRedis } from '../../src/drivers/memory/redis-memory.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { BusRig } from './bus-fixture.ts';

const DEAD_PID = 4_000_000;

/** The contract on a Redis in memory, under a clock that stands still. */
export async function memoryBusRig(): Promise<BusRig> {
  const clock: Clock = {
    now: () => 0,
    wall: () => 0,
    sleepUntil: (_deadline, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const redis = new MemoryRedis({ clock, alive: (pid) => pid !== DEAD_PID });
  redis.start();
  const { signal } = new AbortController();
  return {
    buses: memoryBuses(redis),
    url: 'redis://127.0.0.1:6379/0',
    take: (peer) => redis.takeCommand(peer, signal),
    async set(peer, ...statuses) {
      for (const status of statuses) redis.setStatus(peer, status);
    },
    async report(peer, ...statuses) {
      for (const { status, at } of statuses) redis.setStatus(peer, status, at);
    },
    async beat(peer, text) {
      redis.setHeartbeat(peer, text);
    },
    async log(peer, ...lines) {
      for (const line of lines) redis.pushLog(peer, line);
    },
    async interrupt(meanwhile) {
      redis.loseConnections('cut');
      await meanwhile?.();
      redis.restoreConnections();
    },
    async replace() {
      redis.stop();
      redis.start();
    },
    deadPid: DEAD_PID,
    machine: 'here',
    async [Symbol.asyncDispose]() {
      redis.stop();
    },
  };
}
