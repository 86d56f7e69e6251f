import type { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import { redisAddresses } from '../../model/labels.ts';
import type { TestName } from '../../model/names.ts';
import type { ObservedRedis } from '../../model/observed.ts';
import type { ManagedRedis, RedisServers } from '../../ports/redis-server.ts';
import type { MemoryRedis } from './redis-memory.ts';

/** The managed Redis of a simulated control machine: one place, which is empty, ours or somebody else's. */
export function memoryRedisServers(redis: MemoryRedis): RedisServers {
  return {
    async observe(_redis, test, password, signal) {
      signal.throwIfAborted();
      return observe(redis, test, password);
    },

    async start(wanted, options, signal) {
      signal.throwIfAborted();
      const there = redis.running;
      if (there !== undefined && there.labels?.test !== options.labels.test) {
        throw new TmError({
          kind: 'conflict',
          message: `${placeOf(wanted)} is taken by a Redis that is not ours`,
          hint: 'stop it, or give another redis.port',
        });
      }
      if (there !== undefined) redis.stop('replaced by a new server');
      redis.start({
        labels: options.labels,
        port: wanted.port,
        ...(options.password === undefined ? {} : { password: options.password.reveal() }),
      });
    },

    async remove(_redis, test, signal) {
      signal.throwIfAborted();
      if (redis.running?.labels?.test !== test) return false;
      redis.stop('removed');
      return true;
    },
  };
}

function observe(redis: MemoryRedis, test: TestName, password: Secret | undefined): ObservedRedis {
  const server = redis.running;
  if (server === undefined) return { kind: 'absent' };
  if (server.labels === undefined) return { kind: 'foreign', because: 'a Redis that is not ours' };
  if (server.labels.test !== test) {
    return { kind: 'foreign', because: `the Redis of the test ${server.labels.test}`, test: server.labels.test };
  }
  if (server.password !== password?.reveal()) return { kind: 'unusable', because: 'its password is not known here' };
  if (redis.lostBecause !== undefined) return { kind: 'unusable', because: `it does not answer: ${redis.lostBecause}` };
  const listensOn = redisAddresses(server.labels.spec);
  return {
    kind: 'ready',
    instance: server.instance,
    version: server.version,
    ...(listensOn === undefined ? {} : { listensOn }),
  };
}

const placeOf = (redis: ManagedRedis): string => `port ${redis.port}`;
