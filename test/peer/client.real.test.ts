import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, type PeerOptions } from '../../src/peer/client.ts';
import { PrivateRedis, until } from './private-redis.ts';

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await PrivateRedis.start();
});
afterAll(() => redis?.down());
beforeEach(() => redis.admin.flushall());

const peer = (options: PeerOptions = {}) =>
  connectPeer({
    redisUrl: redis.url(),
    name: 'alice',
    listenAddr: '/ip4/0.0.0.0/udp/11984/quic-v1',
    onNotice: () => {},
    ...options,
  });

describe('commands', () => {
  it('come in the order of the queue, parsed', async () => {
    await using client = await peer();
    await redis.admin.rpush(
      'alice_command',
      'peer|/ip4/1.2.3.4/udp/1/quic-v1',
      'connect',
      'push|bob|a|b',
      'restart|5',
      'shutdown',
    );
    const seen: unknown[] = [];
    for await (const command of client) {
      seen.push(command);
      if (command.kind === 'shutdown') break;
    }
    expect(seen).toEqual([
      { kind: 'peer', multiaddr: '/ip4/1.2.3.4/udp/1/quic-v1', raw: 'peer|/ip4/1.2.3.4/udp/1/quic-v1' },
      { kind: 'connect', raw: 'connect' },
      { kind: 'test', fields: ['push', 'bob', 'a', 'b'], raw: 'push|bob|a|b' },
      { kind: 'restart', delaySeconds: 5, raw: 'restart|5' },
      { kind: 'shutdown', raw: 'shutdown' },
    ]);
  });

  it('stay in Redis while the consumer is busy', async () => {
    await using client = await peer();
    await redis.admin.rpush('alice_command', 'one', 'two', 'three');
    for await (const command of client) {
      await pause(50);
      if (command.raw === 'one') expect(await redis.admin.lrange('alice_command', 0, -1)).toEqual(['two', 'three']);
      if (command.raw === 'two') break;
    }
    await pause(50);
    expect(await redis.admin.lrange('alice_command', 0, -1)).toEqual(['three']);
  });

  it('do not hold up a status or a log line', async () => {
    await using client = await peer();
    const waiting = client[Symbol.asyncIterator]().next();
    await until('the BLPOP stands', async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop'));
    client.log.info('hello');
    await client.sendStatus('connected');
    expect(await redis.admin.get('alice_status')).toBe('connected');
    expect(await redis.logOf('alice')).toEqual(['info|hello']);
    await redis.admin.rpush('alice_command', 'go');
    expect((await waiting).value).toEqual({ kind: 'test', fields: ['go'], raw: 'go' });
  });

  it('end when the client is closed, and none is taken by the closing', async () => {
    const client = await peer();
    const waiting = client[Symbol.asyncIterator]().next();
    await until('the BLPOP stands', async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop'));
    const began = performance.now();
    await client.close();
    expect(performance.now() - began).toBeLessThan(400);
    expect(await waiting).toEqual({ done: true, value: undefined });
    await redis.admin.rpush('alice_command', 'for the next one');
    expect(await redis.admin.llen('alice_command')).toBe(1);
  });

  it('that arrive in the instant of closing go back to the head of the queue', async () => {
    for (let round = 0; round < 30; round++) {
      await redis.admin.del('alice_command');
      const client = await peer();
      const waiting = client[Symbol.asyncIterator]().next();
      if (round % 2 === 0)
        await until('the BLPOP stands', async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop'));
      const closing = client.close();
      if (round % 3 === 0) await pause(1);
      await redis.admin.rpush('alice_command', 'one', 'two');
      await closing;
      const { value } = await waiting;
      const left = await redis.admin.lrange('alice_command', 0, -1);
      expect([...(value ? [value.raw] : []), ...left]).toEqual(['one', 'two']);
    }
  });

  it('are read by one loop at a time', async () => {
    await using client = await peer();
    const first = client[Symbol.asyncIterator]().next();
    await expect(client[Symbol.asyncIterator]().next()).rejects.toThrow(/one loop/);
    await redis.admin.rpush('alice_command', 'still read');
    expect((await first).value?.raw).toBe('still read');
  });

  it('reject where the key is no list', async () => {
    await using client = await peer();
    await redis.admin.set('alice_command', 'text');
    await expect(client[Symbol.asyncIterator]().next()).rejects.toThrow(/WRONGTYPE/);
  });
});

describe('statuses', () => {
  it('are in Redis when sendStatus resolves, with their detail', async () => {
    await using client = await peer();
    await client.sendStatus('started', '/ip4/1.2.3.4/udp/1/quic-v1');
    expect(await redis.admin.get('alice_status')).toBe('started|/ip4/1.2.3.4/udp/1/quic-v1');
    await expect(client.sendStatus('a|b')).rejects.toThrow(TypeError);
  });

  it('in quick succession are each seen by a reader that GETs upon notification', async () => {
    await redis.admin.config('SET', 'notify-keyspace-events', 'K$');
    await using client = await peer();
    const subscriber = redis.admin.duplicate();
    const seen: (string | null)[] = [];
    subscriber.on('message', () => void redis.admin.get('alice_status').then((status) => seen.push(status)));
    await subscriber.subscribe('__keyspace@0__:alice_status');
    const words = ['connecting', 'connected', 'disconnecting', 'disconnected', 'stopped'];
    await Promise.all(words.map((word) => client.sendStatus(word)));
    await until('five were seen', () => seen.length === 5);
    subscriber.disconnect();
    expect(seen).toEqual(words);
  });
});

describe('log lines', () => {
  it('ten thousand of them, logged in one go, arrive in order', async () => {
    const client = await peer();
    for (let i = 0; i < 10_000; i++) client.log.info('line %d', i);
    expect(await client.close()).toBe(0);
    expect(await redis.logOf('alice')).toEqual(Array.from({ length: 10_000 }, (_, i) => `info|line ${i}`));
  });

  it('are in Redis before the status that follows them', async () => {
    await using client = await peer();
    for (let i = 0; i < 2_500; i++) client.log.info(`${i}`);
    await client.sendStatus('connected');
    expect(await redis.admin.llen('alice_log')).toBe(2_500);
  });

  it('keep their level and text, and those under LOG_LEVEL are left out', async () => {
    await using client = await peer();
    client.log.error('a|b\nc');
    client.log.warn('%s of %d', 'one', 2, { three: 3 });
    client.log.debug('not this');
    client.log.info('100%');
    expect(await client.flush()).toBe(true);
    expect(await redis.logOf('alice')).toEqual(['error|a|b\nc', 'warn|one of 2 { three: 3 }', 'info|100%']);
  });

  it('beyond the buffer are counted where they are missing', async () => {
    await using client = await peer({ logBufferLines: 100 });
    for (let i = 0; i < 150; i++) client.log.info(`${i}`);
    await client.flush();
    client.log.info('after');
    await client.flush();
    const lines = await redis.logOf('alice');
    expect(lines).toHaveLength(102);
    expect(lines[99]).toBe('info|99');
    expect(lines[100]).toBe("warn|50 log lines are missing here: the peer's log buffer was full");
    expect(lines[101]).toBe('info|after');
  });

  it('that Redis refuses are told on the side, and what follows them goes on', async () => {
    const notices: string[] = [];
    await using client = await peer({ onNotice: (text) => notices.push(text) });
    await redis.admin.set('alice_log', 'text');
    client.log.info('refused');
    await client.sendStatus('connected');
    expect(notices.join()).toMatch(/refused by Redis.*WRONGTYPE/);
    await redis.admin.del('alice_log');
    client.log.info('taken');
    await client.flush();
    expect(await redis.logOf('alice')).toEqual(['info|taken']);
  });
});

describe('connecting', () => {
  it('logs in with a password that needs escaping, into a numbered database', async () => {
    await using guarded = await PrivateRedis.start('p@ss:/w?rd#%');
    {
      await using client = await peer({ redisUrl: guarded.url(3) });
      await client.sendStatus('started');
    }
    await guarded.admin.select(3);
    expect(await guarded.admin.get('alice_status')).toBe('started');

    const wrong = await peer({ redisUrl: `redis://:wr0ng@127.0.0.1:${guarded.port}` }).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ name: 'PeerError', code: 'refused', message: expect.stringContaining('WRONGPASS') });
    // As Node prints an error that nobody catches: with its causes and their members.
    expect(inspect(wrong, { depth: 10, showHidden: true })).not.toContain('wr0ng');
    const none = peer({ redisUrl: `redis://127.0.0.1:${guarded.port}` });
    await expect(none).rejects.toThrow(/NOAUTH/);
  });

  it('says when there is no such database', async () => {
    await expect(peer({ redisUrl: redis.url(99) })).rejects.toThrow(/refuses this peer.*DB index/);
  });

  it('gives up in time where nobody answers, without repeating the password', async () => {
    const away = peer({ redisUrl: 'redis://:secret@127.0.0.1:1', connectTimeoutMs: 300 });
    const error = await away.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error?.message).toMatch(/127\.0\.0\.1:1.*ECONNREFUSED.*0\.3 s/);
    expect(error?.message).not.toContain('secret');
  });

  it('waits for a Redis that comes up later', async () => {
    await using late = await PrivateRedis.start();
    await late.down();
    const connecting = peer({ redisUrl: late.url() });
    await pause(150);
    await late.up();
    await using client = await connecting;
    await client.sendStatus('started');
    expect(await late.admin.get('alice_status')).toBe('started');
  });

  it('may be told to flush for ever', async () => {
    await using client = await peer();
    client.log.info('x'.repeat(1 << 24));
    expect(await client.flush(Number.POSITIVE_INFINITY)).toBe(true);
  });

  it('takes two connections, and leaves none', async () => {
    const own = async () => (await redis.clients()).filter(({ name }) => name?.startsWith('peer:alice:')).length;
    const client = await peer();
    expect(await own()).toBe(2);
    await client.close();
    await until('they are gone', async () => (await own()) === 0);
    await expect(client.sendStatus('late')).rejects.toMatchObject({ code: 'closed' });
  });
});
