import { assertNever } from '../../lib/assert-never.ts';
import type { ManagedRedis, RedisServers } from '../../ports/redis-server.ts';
import type { RedisEngine } from './redis-container.ts';

interface Options {
  /** Opens the control machine's container engine; asked only where Redis is a container. */
  readonly engine: (signal: AbortSignal) => Promise<RedisEngine>;
  /** Where programs are looked for, as in PATH. */
  readonly path: string;
}

// Loaded when they are needed: most commands never speak to a Redis.
const processes = () => import('./redis-process.ts');
const containers = () => import('./redis-container.ts');

/** The managed Redis of this machine, as the config wants it: a process or a container. */
export function createRedisServers({ engine, path }: Options): RedisServers {
  return {
    async observe(redis, test, password, signal) {
      const { hasRedisProcess, observeRedisProcess } = await processes();
      if (redis.kind === 'process') return observeRedisProcess(redis.port, test, password, signal);
      // The test had it as a process before its config was changed.
      if (await hasRedisProcess(test)) {
        return { kind: 'unusable', because: 'it runs as a process, not in a container' };
      }
      const { observeRedisContainer } = await containers();
      await using docker = await engine(signal);
      return await observeRedisContainer(docker, redis, test, password, signal);
    },

    async start(redis, options, signal) {
      checkPassword(redis, options.password !== undefined);
      const { removeRedisProcesses, startRedisProcess } = await processes();
      switch (redis.kind) {
        case 'process':
          return startRedisProcess({ port: redis.port, path, ...options }, signal);
        case 'container': {
          const { startRedisContainer } = await containers();
          await removeRedisProcesses(options.labels.test, signal);
          await using docker = await engine(signal);
          return await startRedisContainer(docker, { image: redis.image, port: redis.port, ...options }, signal);
        }
        default:
          return assertNever(redis);
      }
    },

    async remove(redis, test, signal) {
      const { removeRedisProcesses } = await processes();
      const process = await removeRedisProcesses(test, signal);
      if (redis.kind === 'process') return process;
      const { removeRedisContainer } = await containers();
      await using docker = await engine(signal);
      return (await removeRedisContainer(docker, test, signal)) || process;
    },
  };
}

function checkPassword(redis: ManagedRedis, given: boolean): void {
  // Wired wrongly, it would stand open to everybody who reaches the port.
  if (redis.auth === 'generated' && !given) throw new Error('a Redis with auth: generated needs its password');
}
