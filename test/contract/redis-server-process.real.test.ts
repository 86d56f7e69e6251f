import { isRunning } from '../../src/drivers/process/start-mark.ts';
import { redisBuses } from '../../src/drivers/redis/redis-bus.ts';
import { findRedisProcesses } from '../../src/drivers/redis/redis-processes.ts';
import { createRedisServers } from '../../src/drivers/redis/redis-servers.ts';
import { redisServersContract, SPEC } from './redis-server.ts';
import { freePort, PrivateRedis } from './redis-server-private.ts';

redisServersContract('a process', async () => {
  const port = await freePort();
  return {
    servers: createRedisServers({
      engine: () => Promise.reject(new Error('a process needs no container engine')),
      path: process.env['PATH'] ?? '',
    }),
    buses: redisBuses(),
    redis: { kind: 'process', port, auth: 'generated' },
    occupy: () => PrivateRedis.start([], port),
    async killServer() {
      // Only this test's own: others may have theirs on this machine.
      const ours = (await findRedisProcesses()).filter(({ labels }) => labels.spec === SPEC);
      for (const { pid, mark } of ours) {
        process.kill(pid, 'SIGKILL');
        while (await isRunning(pid, mark)) await new Promise(setImmediate);
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});
