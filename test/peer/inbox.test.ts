import { describe, expect, it } from 'vitest';
import { Inbox, type Waiter } from '../../src/peer/inbox.ts';

/** A connection whose BLPOPs are answered by the test. */
class FakeRedis implements Waiter {
  sessions = 1;
  away = false;
  readonly calls: string[] = [];
  readonly answers = new Map<string, string>();
  /** The first call that begins so fails with that, once. */
  readonly failures = new Map<string, Error>();
  readonly blocked: { resolve(reply: unknown): void; reject(error: Error): void }[] = [];

  async ready(): Promise<void> {
    if (this.away) await new Promise(() => {});
  }

  async call(command: string, ...words: readonly string[]): Promise<unknown> {
    const text = [command, ...words].join(' ');
    this.calls.push(text);
    for (const [beginning, error] of this.failures) {
      if (!text.startsWith(beginning)) continue;
      this.failures.delete(beginning);
      throw error;
    }
    return this.answers.get(text) ?? 'OK';
  }

  block(): Promise<unknown> {
    return new Promise((resolve, reject) => this.blocked.push({ resolve, reject }));
  }

  /** The BLPOP with this number, when it has been sent. */
  async waiting(index: number): Promise<{ resolve(reply: unknown): void; reject(error: Error): void }> {
    while (this.blocked[index] === undefined) await new Promise((resolve) => setImmediate(resolve));
    return this.blocked[index];
  }
}

const LONG = 60_000;
const lost = () => new Error('Connection is closed.');
const refusal = () => Object.assign(new Error('NOPERM no CLIENT for you'), { name: 'ReplyError' });

function make() {
  const redis = new FakeRedis();
  redis.answers.set('CLIENT ID', '7');
  const notices: string[] = [];
  const options = { peer: 'alice', clientName: 'me', notice: (text: string) => void notices.push(text) };
  return { redis, notices, inbox: new Inbox(redis, redis, options) };
}

it('gives a command that comes after the stop back to the head of the queue', async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const waiting = await redis.waiting(0);
  const stopping = inbox.stop(LONG);
  waiting.resolve(['alice_command', 'connect']);
  await stopping;
  expect(await taking).toBeUndefined();
  expect(redis.calls).toContain('LPUSH alice_command connect');
});

it('asks again after a loss, and first ends the connection that the server still sees waiting', async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const first = await redis.waiting(0);
  redis.answers.set('CLIENT LIST ID 7', 'id=7 addr=127.0.0.1:1 name=me cmd=blpop\n');
  redis.answers.set('CLIENT ID', '8');
  redis.sessions = 2;
  first.reject(lost());
  (await redis.waiting(1)).resolve(['alice_command', 'connect']);
  expect(await taking).toBe('connect');
  expect(redis.calls).toEqual(['CLIENT ID', 'CLIENT ID', 'CLIENT LIST ID 7', 'CLIENT KILL ID 7']);
});

it('does not end itself where a new server has given it the old number', async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const first = await redis.waiting(0);
  redis.answers.set('CLIENT LIST ID 7', 'id=7 addr=127.0.0.1:1 name=me cmd=client|list\n');
  redis.sessions = 2;
  first.reject(lost());
  (await redis.waiting(1)).resolve(['alice_command', 'connect']);
  expect(await taking).toBe('connect');
  expect(redis.calls).not.toContain('CLIENT KILL ID 7');
});

it('goes on waiting when Redis begins to follow another one, which ends the wait', async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const text = 'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)';
  (await redis.waiting(0)).reject(Object.assign(new Error(text), { name: 'ReplyError' }));
  (await redis.waiting(1)).resolve(['alice_command', 'connect']);
  expect(await taking).toBe('connect');
});

it("does not end somebody else's connection that has the old number on a new server", async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const first = await redis.waiting(0);
  redis.answers.set('CLIENT LIST ID 7', 'id=7 addr=127.0.0.1:1 name=me2 cmd=blpop\n');
  redis.answers.set('CLIENT ID', '8');
  redis.sessions = 2;
  first.reject(lost());
  (await redis.waiting(1)).resolve(['alice_command', 'connect']);
  await taking;
  expect(redis.calls).not.toContain('CLIENT KILL ID 7');
});

it('gives a command back in a second attempt, where the connection for it is lost in that instant', async () => {
  const { redis, inbox, notices } = make();
  const taking = inbox.take();
  const waiting = await redis.waiting(0);
  redis.failures.set('LPUSH', lost());
  const stopping = inbox.stop(LONG);
  waiting.resolve(['alice_command', 'connect']);
  await stopping;
  expect(await taking).toBeUndefined();
  expect(redis.calls.filter((call) => call === 'LPUSH alice_command connect')).toHaveLength(2);
  expect(notices).toEqual([]);
});

it('says which command it could not give back', async () => {
  const { redis, inbox, notices } = make();
  const taking = inbox.take();
  const waiting = await redis.waiting(0);
  redis.failures.set('LPUSH', refusal());
  const stopping = inbox.stop(LONG);
  waiting.resolve(['alice_command', 'connect']);
  await stopping;
  expect(await taking).toBeUndefined();
  expect(notices).toEqual(['the command "connect" could not be given back: ReplyError: NOPERM no CLIENT for you']);
});

it('stops at once while Redis is away, and where it lets nobody unblock', async () => {
  const away = make();
  away.redis.away = true;
  const nothing = away.inbox.take();
  await away.inbox.stop(LONG);
  expect(await nothing).toBeUndefined();

  const old = make();
  old.redis.failures.set('CLIENT ID', refusal());
  const taking = old.inbox.take();
  const waiting = await old.redis.waiting(0);
  await old.inbox.stop(LONG);
  waiting.reject(lost());
  expect(await taking).toBeUndefined();
});

it('stops in the time given where Redis does not answer', async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const waiting = await redis.waiting(0);
  await inbox.stop(30);
  expect(redis.calls.filter((call) => call === 'CLIENT UNBLOCK 7').length).toBeGreaterThan(0);
  waiting.reject(lost());
  expect(await taking).toBeUndefined();
});

it('ends a connection that only this side has lost, also when it stops before there is a new one', async () => {
  const { redis, inbox } = make();
  const taking = inbox.take();
  const waiting = await redis.waiting(0);
  redis.answers.set('CLIENT LIST ID 7', 'id=7 addr=127.0.0.1:1 name=me cmd=blpop\n');
  redis.away = true;
  waiting.reject(lost());
  await new Promise((resolve) => setImmediate(resolve));
  await inbox.stop(LONG);
  expect(await taking).toBeUndefined();
  expect(redis.calls).toContain('CLIENT KILL ID 7');
});

describe('a shutdown that is asked for', () => {
  it('comes next, before what waits in Redis, and once', async () => {
    const { redis, inbox } = make();
    inbox.askToShutDown();
    expect(await inbox.take()).toBe('shutdown');
    expect(redis.blocked).toEqual([]);
    inbox.askToShutDown();
    const taking = inbox.take();
    (await redis.waiting(0)).resolve(['alice_command', 'connect']);
    expect(await taking).toBe('connect');
  });

  it('comes at once while a command is waited for, and the one that comes in the same instant is next', async () => {
    const { redis, inbox } = make();
    const taking = inbox.take();
    const waiting = await redis.waiting(0);
    inbox.askToShutDown();
    expect(await taking).toBe('shutdown');
    expect(redis.calls).toContain('CLIENT UNBLOCK 7');
    const next = inbox.take();
    await new Promise((resolve) => setImmediate(resolve));
    // Two that wait at once would be served in their order: the older one first, whose command goes back behind the next.
    expect(redis.blocked).toHaveLength(1);
    waiting.resolve(['alice_command', 'connect']);
    (await redis.waiting(1)).resolve(['alice_command', 'connect']);
    expect(await next).toBe('connect');
    expect(redis.calls).toContain('LPUSH alice_command connect');
  });

  it('comes while Redis is away', async () => {
    const { redis, inbox } = make();
    redis.away = true;
    const taking = inbox.take();
    await new Promise((resolve) => setImmediate(resolve));
    inbox.askToShutDown();
    expect(await taking).toBe('shutdown');
    await inbox.stop(LONG);
  });

  it('comes after a command that has been taken already', async () => {
    const { redis, inbox } = make();
    const taking = inbox.take();
    (await redis.waiting(0)).resolve(['alice_command', 'connect']);
    // As late as can be: the command is decided upon, and not yet with whoever waits for it.
    await Promise.resolve();
    inbox.askToShutDown();
    expect(await taking).toBe('connect');
    expect(await inbox.take()).toBe('shutdown');
    expect(redis.calls.filter((call) => call.startsWith('LPUSH'))).toEqual([]);
  });
});
