import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName, testName } from '../../../src/model/names.ts';
import { statusKey, statusStreamKey } from '../../../src/model/wire.ts';
import { connectPeer, type PeerClient } from '../../../src/peer/client.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { CuttableWire } from '../../contract/bus-wire.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');

let server: PrivateRedis;
let admin: Redis;
const open: AsyncDisposable[] = [];

const connect = async (credentials = ''): Promise<Bus> => {
  const bus = await redisBuses().connect(new Secret(server.url(0, credentials)), signal);
  open.push(bus);
  return bus;
};
/** A peer of our client library, which leaves no gap between its statuses. */
const peer = async (credentials = '', port = server.port): Promise<PeerClient> => {
  const client = await connectPeer({
    redisUrl: server.url(0, credentials).replace(`:${server.port}/`, `:${port}/`),
    name: 'alice',
    listenAddr: '/ip4/0.0.0.0/udp/1/quic-v1',
    statusGapMs: 0,
    onNotice: () => undefined,
  });
  open.push(client);
  return client;
};
const append = (status: string) => ['xadd', statusStreamKey(alice), '*', 'status', status] as const;
const words = ['started', 'connecting', 'connected', 'disconnecting', 'disconnected', 'stopped'];
const seen = (told: Recorder): string[] => told.statuses.map(({ status }) => status);

beforeEach(async () => {
  server = await PrivateRedis.start(['--repl-diskless-sync-delay', '0']);
  admin = await server.client();
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('our client, whose statuses follow each other at once,', () => {
  test.each([
    ['notified', 'stream'],
    ['polled', 'stream'],
    ['replicated', 'replication'],
  ])('is seen with each of them, and its own times, where statuses are %s', async (precision, via) => {
    await admin.call('acl', 'setuser', 'tm', 'on', '>pw', '~*', '&*', '+@all', ...(via === 'stream' ? ['-psync'] : []));
    if (precision === 'polled') await admin.call('acl', 'setuser', 'tm', '-config');
    const bus = await connect('tm:pw');
    const client = await peer();
    await client.sendStatus('earlier');
    await bus.clear([alice], signal);
    expect(await bus.replicate([alice], signal)).toBe(precision === 'replicated');
    await client.sendStatus('started');
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    expect(listening.precision).toBe(precision);
    const before = Date.now();
    await Promise.all(words.slice(1).map((word) => client.sendStatus(word)));
    await listening.drain(signal);
    expect(told.statuses.map(({ status, missed }) => [status, missed])).toEqual(words.map((word) => [word, 0]));
    expect(told.statuses.map((report) => report.via)).toEqual(words.map(() => via));
    const times = told.statuses.map(({ reportedAt }) => Date.parse(reportedAt ?? ''));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const time of times.slice(1)) expect(time - before).toBeGreaterThanOrEqual(0);
    expect(await admin.exists(statusStreamKey(alice))).toBe(1);
    await bus.retire(smoke, [alice], 60, signal);
    expect(await admin.exists(statusStreamKey(alice), statusKey(alice))).toBe(0);
  });

  test('in a restart as another program that only SETs, and back, is seen as each of them can be', async () => {
    const told = new Recorder();
    const listening = await (await connect()).listen(smoke, [alice], told, signal);
    for (const round of [1, 2]) {
      const client = await peer();
      await Promise.all([`started ${round}`, 'connected', 'restarting'].map((word) => client.sendStatus(word)));
      await client.close();
      await admin.set(statusKey(alice), `plain ${round}`);
      await listening.drain(signal);
    }
    expect(seen(told)).toEqual([1, 2].flatMap((n) => [`started ${n}`, 'connected', 'restarting', `plain ${n}`]));
    expect(told.statuses.map(({ via }) => via).filter((via) => via === 'notification')).toHaveLength(2);
    expect(told.statuses.every(({ missed }) => missed === 0)).toBe(true);
  });

  test('through lost connections repeats nothing and hides nothing', async () => {
    const told = new Recorder();
    const listening = await (await connect()).listen(smoke, [alice], told, signal);
    // An answer that is cut in two leaves the client with a status of which it does not know whether Redis has it.
    await using wire = await CuttableWire.to(server.port);
    const client = await peer('', wire.port);
    const all = Array.from({ length: 400 }, (_, i) => `s${i}`);
    const sending = Promise.all(all.map((word) => client.sendStatus(word)));
    for (let cuts = 0; seen(told).length < 350 && cuts < 200; cuts++) {
      const before = told.statuses.length;
      wire.cutAfter(20 + 37 * (cuts % 20));
      await told.until(({ statuses }) => statuses.length >= Math.min(350, before + 5));
    }
    await sending;
    await listening.drain(signal);
    expect(seen(told)).toEqual(all);
    // Some were appended twice: each is one report all the same.
    expect(await admin.xlen(statusStreamKey(alice))).toBeGreaterThan(all.length);
    expect(told.statuses.every(({ via, missed }) => via === 'stream' && missed === 0)).toBe(true);
  });

  test.each([
    ['of the command', ['-xadd']],
    ['of the key', ['resetkeys', '~*_status', '~*_log', '~*_command']],
  ])('without the right %s SETs alone', async (_name, rules) => {
    await admin.call('acl', 'setuser', 'peer', 'on', '>pw', '~*', '&*', '+@all', ...rules);
    const told = new Recorder();
    const listening = await (await connect()).listen(smoke, [alice], told, signal);
    const client = await peer('peer:pw');
    for (const word of words) {
      await client.sendStatus(word);
      await listening.drain(signal);
    }
    expect(told.statuses).toEqual(words.map((status) => ({ peer: alice, status, missed: 0, via: 'notification' })));
  });
});

describe('a status stream', () => {
  test('that was cut is told from where it goes on; what was cut away is counted', async () => {
    const told = new Recorder();
    const listening = await (await connect()).listen(smoke, [alice], told, signal);
    const batch = admin.multi();
    for (let i = 0; i < 30; i++) batch.call(...append(`s${i}`)).set(statusKey(alice), `s${i}`);
    await batch.call('xtrim', statusStreamKey(alice), 'MAXLEN', '10').exec();
    await listening.drain(signal);
    expect(seen(told)).toEqual(Array.from({ length: 10 }, (_, i) => `s${20 + i}`));
    expect(told.statuses.reduce((sum, { missed }) => sum + 1 + missed, 0)).toBe(30);
  });

  test('that is longer than one answer is told to its end', async () => {
    const batch = admin.pipeline();
    for (let i = 0; i < 25_000; i++) batch.call(...append(`s${i}`));
    await batch.set(statusKey(alice), 's24999').exec();
    const told = new Recorder();
    const listening = await (await connect()).listen(smoke, [alice, peerName('bob')], told, signal);
    await listening.drain(signal);
    expect(told.statuses).toHaveLength(25_000);
    expect(seen(told).every((status, i) => status === `s${i}`)).toBe(true);
  });

  test('that begins anew after its deletion, with lower ids, is told', async () => {
    const bus = await connect();
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    const report = async (id: string, status: string) => {
      await admin
        .multi()
        .call('xadd', statusStreamKey(alice), id, 'status', status)
        .set(statusKey(alice), status)
        .exec();
      await listening.drain(signal);
    };
    await report('9000-5', 'a');
    await bus.clear([alice], signal);
    await report('1-1', 'b');
    await report('1-2', 'c');
    expect(told.statuses.map(({ status, via }) => [status, via])).toEqual([
      ['a', 'stream'],
      ['b', 'stream'],
      ['c', 'stream'],
    ]);
  });

  test('whose key holds something else, or entries of somebody else, disturbs nobody', async () => {
    const told = new Recorder();
    const listening = await (await connect()).listen(smoke, [alice], told, signal);
    await admin.set(statusStreamKey(alice), 'text');
    await admin.set(statusKey(alice), 'a');
    await listening.drain(signal);
    await admin.del(statusStreamKey(alice));
    await admin.xadd(statusStreamKey(alice), '*', 'what', 'ever');
    await admin.set(statusKey(alice), 'b');
    await listening.drain(signal);
    await admin
      .multi()
      .call(...append('c'))
      .set(statusKey(alice), 'c')
      .exec();
    await listening.drain(signal);
    expect(told.statuses.map(({ status, via }) => `${status} ${via}`)).toEqual([
      'a notification',
      'b notification',
      'c stream',
    ]);
  });
});
