import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName, testName } from '../../../src/model/names.ts';
import { commandKey, logKey, statusKey } from '../../../src/model/wire.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';
import { listeningChild } from './listening-child.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');
const SETTING = 'notify-keyspace-events';

let server: PrivateRedis;
let admin: Redis;
const open: AsyncDisposable[] = [];

const begin = async (...args: string[]): Promise<void> => {
  server = await PrivateRedis.start(args);
  admin = await server.client();
};
const connect = async (database = 0, credentials = ''): Promise<Bus> => {
  const bus = await redisBuses().connect(new Secret(server.url(database, credentials)), signal);
  open.push(bus);
  return bus;
};
const setting = async (): Promise<string> => String(((await admin.call('config', 'get', SETTING)) as string[])[1]);

beforeEach(() => begin());
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('the notification setting of the server', () => {
  test.each(['', 'Ex', 'gxE$K', 'AKE', 'Elg'])(
    '%j is added to while we listen, and put back exactly',
    async (before) => {
      await admin.call('config', 'set', SETTING, before);
      const exactly = await setting();
      const listening = await (await connect()).listen(smoke, [alice], new Recorder(), signal);
      expect(listening.precision).toBe('notified');
      const during = await setting();
      for (const flag of exactly) expect(during).toContain(flag);
      await listening[Symbol.asyncDispose]();
      expect(await setting()).toBe(exactly);
      expect(await admin.exists('tm:notify-before')).toBe(0);
    },
  );

  test('is put back by the next tm when one was killed', async () => {
    await admin.call('config', 'set', SETTING, 'Ex');
    const exactly = await setting();
    const child = await listeningChild(server.url(), [alice]);
    expect(await setting()).not.toBe(exactly);
    await child.kill();
    expect(await setting()).not.toBe(exactly);
    const listening = await (await connect(3)).listen(smoke, [alice], new Recorder(), signal);
    await listening[Symbol.asyncDispose]();
    expect(await setting()).toBe(exactly);
  });

  test('stays where somebody set another one after a tm was killed', async () => {
    const child = await listeningChild(server.url(), [alice]);
    await child.kill();
    await admin.call('config', 'set', SETTING, 'Kx');
    const listening = await (await connect()).listen(smoke, [alice], new Recorder(), signal);
    await listening[Symbol.asyncDispose]();
    expect(await setting()).toBe('xK');
  });

  test('is kept for another tm that still listens in another database', async () => {
    const one = await (await connect(0)).listen(smoke, [alice], new Recorder(), signal);
    const told = new Recorder();
    const two = await (await connect(1)).listen(smoke, [alice], told, signal);
    await one[Symbol.asyncDispose]();
    const peer = await server.client(1);
    await peer.set(statusKey(alice), 'started');
    await told.until(({ statuses }) => statuses.length === 1, 1_800);
    await two[Symbol.asyncDispose]();
    expect(await setting()).toBe('');
  });

  test('is made again after a server came back without it', async () => {
    const told = new Recorder();
    await (await connect()).listen(smoke, [alice], told, signal);
    await server.restart();
    await told.until(({ connection }) => connection.includes('restored'));
    await admin.set(statusKey(alice), 'started');
    await told.until(({ statuses }) => statuses.length === 1, 1_800);
  });

  test('turned off by somebody in the middle of a run only makes us slower', async () => {
    const told = new Recorder();
    const bus = await connect();
    await bus.listen(smoke, [alice], told, signal);
    await admin.call('config', 'set', SETTING, '');
    await admin.set(statusKey(alice), 'started');
    await admin.lpush(logKey(alice), 'info|one');
    await bus.send(alice, 'connect', signal);
    await admin.lpop(commandKey(alice));
    await told.until(({ statuses, lines, receipts }) => statuses.length + lines.length + receipts.length === 3, 5_000);
  });
});

describe('where CONFIG is refused', () => {
  const refused: [string, string[], string][] = [
    ['by a renamed command', ['--rename-command', 'CONFIG', ''], ''],
    ['by the access list', [], 'peer:pw'],
  ];

  test.each(refused)('%s, everything is polled and still arrives', async (_name, args, credentials) => {
    await server[Symbol.asyncDispose]();
    await begin(...args);
    if (credentials !== '') await admin.call('acl', 'setuser', 'peer', 'on', '>pw', '~*', '&*', '+@all', '-config');
    const bus = await connect(0, credentials);
    await admin.set(statusKey(alice), 'started');
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    expect(listening.precision).toBe('polled');
    expect(told.statuses).toEqual([{ peer: alice, status: 'started', missed: 0, via: 'poll' }]);
    await admin.set(statusKey(alice), 'connected');
    await admin.lpush(logKey(alice), 'info|one', 'info|two');
    const message = await bus.send(alice, 'connect', signal);
    await admin.blpop(commandKey(alice), 5);
    await told.until(
      ({ statuses, lines, receipts }) => statuses.length === 2 && lines.length === 2 && receipts.length === 1,
      5_000,
    );
    expect(told.messages(alice)).toEqual(['one', 'two']);
    expect(told.receipts).toEqual([{ peer: alice, message }]);
    await listening.drain(signal);
    expect(told.statuses).toHaveLength(2);
  });

  test('but the setting is already as we need it, nothing is polled', async () => {
    await server[Symbol.asyncDispose]();
    await begin('--notify-keyspace-events', 'KA', '--rename-command', 'CONFIG', '');
    const listening = await (await connect()).listen(smoke, [alice], new Recorder(), signal);
    expect(listening.precision).toBe('notified');
  });

  test('or subscribing is, everything is polled too', async () => {
    await admin.call('acl', 'setuser', 'peer', 'on', '>pw', '~*', 'resetchannels', '+@all');
    const told = new Recorder();
    const listening = await (await connect(0, 'peer:pw')).listen(smoke, [alice], told, signal);
    expect(listening.precision).toBe('polled');
    await admin.set(statusKey(alice), 'started');
    await told.until(({ statuses }) => statuses.length === 1, 5_000);
  });

  test('and scripts are too, listening says what Redis refused', async () => {
    await admin.call('acl', 'setuser', 'peer', 'on', '>pw', '~*', '&*', '+@all', '-eval', '-evalsha');
    const bus = await connect(0, 'peer:pw');
    await expect(bus.listen(smoke, [alice], new Recorder(), signal)).rejects.toMatchObject({
      fault: { kind: 'failed', message: expect.stringMatching(/Redis refused .*NOPERM/) },
    });
  });
});
