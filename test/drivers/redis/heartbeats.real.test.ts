import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { type PeerName, peerName, testName } from '../../../src/model/names.ts';
import { heartbeatKey, parseHeartbeat } from '../../../src/model/wire.ts';
import { connectPeer } from '../../../src/peer/client.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';
import { until } from '../../testbed/until.ts';

const { signal } = new AbortController();
const alice = peerName('alice');

let server: PrivateRedis;
let admin: Redis;
const open: AsyncDisposable[] = [];

beforeEach(async () => {
  server = await PrivateRedis.start(['--repl-diskless-sync-delay', '0']);
  admin = await server.client();
});

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const connect = async (credentials = ''): Promise<Bus> => {
  const bus = await redisBuses().connect(new Secret(server.url(0, credentials)), signal);
  open.push(bus);
  return bus;
};

test('of a thousand peers are one command', async () => {
  const peers = Array.from({ length: 1_000 }, (_, i) => peerName(`peer-${i}`));
  const written = peers.flatMap((peer, i) => (i % 3 === 0 ? [[heartbeatKey(peer), `${i + 1}|2000`] as const] : []));
  await admin.mset(new Map(written));
  const bus = await connect();
  await admin.config('RESETSTAT');
  const all = await bus.heartbeats(peers, signal);
  expect(all.size).toBe(334);
  expect(all.get('peer-999' as PeerName)).toBe('1000|2000');
  expect(await admin.info('commandstats')).toContain('cmdstat_mget:calls=1,');
});

test('are no heartbeats where the key is of another type', async () => {
  await admin.rpush(heartbeatKey(alice), '1|2000');
  expect(await (await connect()).heartbeats([alice], signal)).toEqual(new Map());
});

test('that an access list forbids are refused, and the bus goes on', async () => {
  await admin.call('acl', 'setuser', 'tm', 'on', '>pw', '~*', '&*', '+@all', '-mget');
  const bus = await connect('tm:pw');
  await admin.set('alice_status', 'started');
  await expect(bus.heartbeats([alice], signal)).rejects.toThrow(/heartbeats/);
  expect(await bus.status(alice, signal)).toBe('started');
});

test.each(['replicated', 'notified', 'polled'])('of our client are read where statuses are %s', async (precision) => {
  await admin.call(
    'acl',
    'setuser',
    'tm',
    'on',
    '>pw',
    '~*',
    '&*',
    '+@all',
    ...(precision === 'polled' ? ['-config'] : []),
  );
  const bus = await connect('tm:pw');
  const smoke = testName('smoke test');
  if (precision === 'replicated') expect(await bus.replicate([alice], signal)).toBe(true);
  const told = new Recorder();
  const listening = await bus.listen(smoke, [alice], told, signal);
  expect(listening.precision).toBe(precision);
  const underTm = process.env['TM_RUN_ID'];
  process.env['TM_RUN_ID'] = 'heartbeats';
  try {
    const client = await connectPeer({
      redisUrl: server.url(0),
      name: 'alice',
      heartbeatMs: 100,
      onNotice: () => undefined,
    });
    open.push(client);
    expect(await bus.heartbeats([alice], signal), 'none before its first status').toEqual(new Map());
    await client.sendStatus('started');
    const values = new Set<string>();
    await until(async () => values.add((await bus.heartbeats([alice], signal)).get(alice) ?? '').size > 4, {
      what: 'other heartbeats',
      timeoutMs: 30_000,
    });
    values.delete('');
    for (const text of values) expect(parseHeartbeat(text)?.intervalMs).toBe(100);
    await until(() => told.statuses.length > 0, { what: 'the status', timeoutMs: 30_000 });
    expect(told.statuses.map(({ status }) => status)).toEqual(['started']);
  } finally {
    if (underTm === undefined) delete process.env['TM_RUN_ID'];
    else process.env['TM_RUN_ID'] = underTm;
  }
});
