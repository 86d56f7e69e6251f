import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedisEngine } from '../../src/drivers/docker/redis-engine.ts';
import { redisBuses } from '../../src/drivers/redis/redis-bus.ts';
import { createRedisServers } from '../../src/drivers/redis/redis-servers.ts';
import { Secret } from '../../src/lib/secret.ts';
import { toFault } from '../../src/model/fault.ts';
import { imageRef, REDIS_CONTAINER, testName } from '../../src/model/names.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import { startTestbed, type Testbed } from '../testbed/testbed.ts';
import { labelsOf, redisServersContract } from './redis-server.ts';
import { freePort, PrivateRedis } from './redis-server-private.ts';

let bed: Testbed;

beforeAll(async () => {
  bed = await startTestbed({ hosts: 0, images: ['redis', 'base'] });
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

describe('a Redis container', () => {
  const { signal } = new AbortController();
  const password = new Secret('hunter2hunter2');
  const labels = labelsOf(testName(`containers ${process.pid}`));
  const servers = () => createRedisServers({ engine: openEngine, path: '' });
  const openEngine = (within: AbortSignal) =>
    openRedisEngine({ home: '/nowhere', env: { DOCKER_HOST: bed.control.dockerHost } }, within);
  const wanting = async (image: string) =>
    ({ kind: 'container', image: imageRef(image), port: await freePort(), auth: 'generated' }) as const;
  const inspect = () => engineRequest(bed.control.dockerSocket, `/containers/${REDIS_CONTAINER}/json`);

  test('keeps its password out of all that the engine tells of it, and publishes only where it shall', async () => {
    const redis = await wanting(bed.images.redis);
    await servers().start(redis, { labels, password, bind: ['127.0.0.2'] }, signal);
    const told = await inspect();
    expect(told).not.toContain(password.reveal());
    const { HostConfig } = JSON.parse(told) as { HostConfig: { PortBindings: object } };
    const HostPort = String(redis.port);
    expect(HostConfig.PortBindings).toEqual({
      '6379/tcp': [
        { HostIp: '127.0.0.1', HostPort },
        { HostIp: '127.0.0.2', HostPort },
      ],
    });
    expect(await servers().remove(redis, labels.test, signal)).toBe(true);
  });

  test('of an image that cannot run Redis says so, and is not left behind', async () => {
    await using engine = await openEngine(signal);
    const start = async (image: string) =>
      servers()
        .start(await wanting(image), { labels, password, bind: [] }, signal)
        .then(() => Promise.reject(new Error('it started')), toFault);
    expect(await start('no-such/image:1')).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/no such image/i),
    });
    expect(await start(bed.images.base)).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/has no redis-server/),
    });
    // An image whose redis-server only complains.
    const script = new Secret('#!/bin/sh\necho "FATAL: out of luck" >&2\nexit 3\n');
    const id = await engine.create(
      {
        name: `${REDIS_CONTAINER}-draft`,
        image: imageRef(bed.images.base),
        labels,
        command: ['sh'],
        ports: [],
        files: [{ path: '/bin/redis-server', content: script, mode: 0o755 }],
      },
      signal,
    );
    await engineRequest(bed.control.dockerSocket, `/commit?container=${id}&repo=tm-test/complaining&tag=1`, {
      method: 'POST',
    });
    await engine.remove(id, signal);
    expect(await start('tm-test/complaining:1')).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/ended at once.*out of luck/),
    });
    expect(await engine.inspect(REDIS_CONTAINER, signal)).toBeUndefined();
  });

  test('whose port is taken names who has it', async () => {
    const redis = await wanting(bed.images.redis);
    await using theirs = await PrivateRedis.start([], redis.port);
    expect(await servers().observe(redis, labels.test, password, signal)).toEqual({
      kind: 'foreign',
      because: `port ${redis.port} is taken by redis-server (process ${theirs.pid})`,
    });
    await expect(servers().start(redis, { labels, password, bind: [] }, signal)).rejects.toMatchObject({
      fault: { kind: 'conflict', message: expect.stringContaining(`process ${theirs.pid}`) },
    });
  });
});
