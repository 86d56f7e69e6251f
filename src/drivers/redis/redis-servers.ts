import { assertNever } from '../../lib/assert-never.ts';
import type { ManagedRedis, RedisServers } from '../../ports/redis-server.ts';
import {
  observeRedisContainer,
  type RedisEngine,
  removeRedisContainer,
  startRedisContainer,
} from './redis-container.ts';
import { observeRedisProcess, removeRedisProcesses, startRedisProcess } from './redis-process.ts';

interface Options {
  /** Opens the control machine's container engine; asked only where Redis is a container. */
  readonly engine: (signal: AbortSignal) => Promise<RedisEngine>;
  /** Where programs are looked for, as in PATH. */
  readonly path: string;
}

/** The managed Redis of this machine, as the config wants it: a process or a container. */
export function createRedisServers({ engine, path }: Options): RedisServers {
  return {
    async observe(redis, test, password, signal) {
      switch (redis.kind) {
        case 'process':
          return observeRedisProcess(redis.port, test, password, signal);
        case 'container': {
          // One that the test had as a process before its config was changed.
          const process = await observeRedisProcess(redis.port, test, password, signal);
          if (process.kind === 'ready' || process.kind === 'unusable') {
            return { kind: 'unusable', because: 'it runs as a process, not in a container' };
          }
          await using docker = await engine(signal);
          return await observeRedisContainer(docker, redis, test, password, signal);
        }
        default:
          return assertNever(redis);
      }
    },

    async start(redis, options, signal) {
      checkPassword(redis, options.password !== undefined);
      if (redis.kind === 'process') {
        await startRedisProcess({ port: redis.port, path, ...options }, signal);
        return;
      }
      await removeRedisProcesses(options.labels.test, signal);
      await using docker = await engine(signal);
      await startRedisContainer(docker, { image: redis.image, port: redis.port, ...options }, signal);
    },

    async remove(redis, test, signal) {
      const process = await removeRedisProcesses(test, signal);
      if (redis.kind === 'process') return process;
      await using docker = await engine(signal);
      return (await removeRedisContainer(docker, test, signal)) || process;
    },
  };
}

function checkPassword(redis: ManagedRedis, given: boolean): void {
  // Wired wrongly, it would stand open to everybody who reaches the port.
  if (redis.auth === 'generated' && !given) throw new Error('a Redis with auth: generated needs its password');
}
