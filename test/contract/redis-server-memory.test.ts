import { memoryBuses } from '../../src/drivers/memory/bus-memory.ts';
import { MemoryRedis } from '../../src/drivers/memory/redis-memory.ts';
import { memoryRedisServers } from '../../src/drivers/memory/redis-server-memory.ts';
import { redisServersContract } from './redis-server.ts';

redisServersContract('a simulation', async () => {
  const clock = { now: () => 0, wall: () => 0, sleepUntil: () => new Promise<void>(() => undefined) };
  const redis = new MemoryRedis({ clock });
  return {
    servers: memoryRedisServers(redis),
    buses: memoryBuses(redis),
    redis: { kind: 'process', port: 6379, auth: 'generated' },
    async occupy() {
      redis.start();
      return { [Symbol.asyncDispose]: async () => redis.stop() };
    },
    killServer: async () => redis.stop(),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
