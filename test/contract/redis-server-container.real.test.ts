import { afterAll, beforeAll } from 'vitest';
import { openRedisEngine } from '../../src/drivers/docker/redis-engine.ts';
import { redisBuses } from '../../src/drivers/redis/redis-bus.ts';
import { createRedisServers } from '../../src/drivers/redis/redis-servers.ts';
import { imageRef, REDIS_CONTAINER } from '../../src/model/names.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import { startTestbed, type Testbed } from '../testbed/testbed.ts';
import { redisServersContract } from './redis-server.ts';
import { freePort } from './redis-server-private.ts';

let bed: Testbed;

beforeAll(async () => {
  bed = await startTestbed({ hosts: 0, images: ['redis'] });
}, 180_000);

afterAll(async () => {
  await bed?.stop();
});

redisServersContract('a container', async () => {
  const port = await freePort();
  const socket = bed.control.dockerSocket;
  const surroundings = { home: '/nowhere', env: { DOCKER_HOST: bed.control.dockerHost } };
  return {
    servers: createRedisServers({
      engine: (signal) => openRedisEngine(surroundings, signal),
      path: process.env['PATH'] ?? '',
    }),
    buses: redisBuses(),
    redis: { kind: 'container', image: imageRef(bed.images.redis), port, auth: 'generated' },
    async occupy() {
      const path = `/containers/create?name=${REDIS_CONTAINER}`;
      await engineRequest(socket, path, { method: 'POST', body: { Image: bed.images.redis } });
      return {
        async [Symbol.asyncDispose]() {
          await engineRequest(socket, `/containers/${REDIS_CONTAINER}?force=1`, { method: 'DELETE' });
        },
      };
    },
    async killServer() {
      await engineRequest(socket, `/containers/${REDIS_CONTAINER}/kill`, { method: 'POST' });
      await engineRequest(socket, `/containers/${REDIS_CONTAINER}/wait`, { method: 'POST' });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});
