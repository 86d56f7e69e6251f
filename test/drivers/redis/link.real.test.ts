import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { RedisReplyError } from '../../../src/drivers/redis/redis-fault.ts';
import { RedisLink } from '../../../src/drivers/redis/redis-link.ts';
import { parseRedisUrl } from '../../../src/drivers/redis/redis-url.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName } from '../../../src/model/names.ts';
import { freePort, PrivateRedis } from '../../contract/redis-server-private.ts';
import { listeningChild } from './listening-child.ts';

const { signal } = new AbortController();
const run = promisify(execFile);

describe('a link', () => {
  let server: PrivateRedis;
  let link: RedisLink;

  beforeEach(async () => {
    server = await PrivateRedis.start();
    link = await RedisLink.open(parseRedisUrl(new Secret(server.url())), { name: 'test', timeoutMs: 2_000 }, signal);
  });

  afterEach(async () => {
    link.close();
    await server[Symbol.asyncDispose]();
  });

  test('answers a pipeline in its order, with errors in their places', async () => {
    const answers = await link.pipeline([
      ['set', 'a', '1'],
      ['lpush', 'a', '1'],
      ['get', 'a'],
    ]);
    expect(answers[0]).toBe('OK');
    expect(answers[1]).toBeInstanceOf(RedisReplyError);
    expect(answers[2]).toBe('1');
  });

  test('that ends takes everything along that waits for it, and all that comes after', async () => {
    const lost = { name: 'RedisLinkLost', message: 'enough' };
    const waiting = expect(link.call('blpop', 'nothing', 0)).rejects.toMatchObject(lost);
    const racing = expect(link.race(new Promise(() => undefined))).rejects.toMatchObject(lost);
    link.close('enough');
    await Promise.all([waiting, racing]);
    await expect(link.race(new Promise(() => undefined))).rejects.toMatchObject({ name: 'RedisLinkLost' });
    await expect(link.call('ping')).rejects.toMatchObject({ name: 'RedisLinkLost' });
    await expect(link.pipeline([['ping']])).rejects.toMatchObject({ name: 'RedisLinkLost' });
    expect((await link.closed).message).toBe('enough');
    expect(link.alive).toBe(false);
  });

  test('that the server ends says so', async () => {
    const waiting = expect(link.call('blpop', 'nothing', 0)).rejects.toMatchObject({ name: 'RedisLinkLost' });
    await server.stop();
    await waiting;
    expect(link.alive).toBe(false);
  });
});

describe('rediss', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tm-test-tls-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  test('speaks TLS with a server whose certificate is trusted, and with no other', async () => {
    const [key, certificate, port] = [join(directory, 'key.pem'), join(directory, 'cert.pem'), await freePort()];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
      ...subject,
    ]);
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    await using server = await PrivateRedis.start(['--tls-port', String(port), ...files, '--tls-auth-clients', 'no']);
    const plain = await server.client();
    const url = `rediss://localhost:${port}/0`;
    await expect(redisBuses().connect(new Secret(url), signal)).rejects.toMatchObject({
      fault: {
        kind: 'unreachable',
        message: `the certificate of ${url} is not trusted`,
        hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
      },
    });
    for (const trusted of [url, `rediss://127.0.0.1:${port}/0`]) {
      const environment = { NODE_EXTRA_CA_CERTS: certificate, REPLICATE: 'yes' };
      const child = await listeningChild(trusted, [peerName('alice')], environment);
      expect(await plain.info('replication')).toContain('connected_slaves:1');
      await child.kill();
    }
  });
});
