import { expect, it } from 'vitest';
import { Inbox, type Waiter } from '../../src/peer/inbox.ts';

/** A connection whose BLPOPs are answered by the test. */
class FakeRedis implements Waiter {
  sessions = 1;
  readonly calls: string[] = [];
  readonly answers = new Map<string, string>();
  readonly blocked: { resolve(reply: unknown): void; reject(error: Error): void }[] = [];

  async ready(): Promise<void> {}

  async call(command: string, ...words: readonly string[]): Promise<unknown> {
    const text = [command, ...words].join(' ');
    this.calls.push(text);
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

it('gives a command that comes after the stop back to the head of the queue', async () => {
  const redis = new FakeRedis();
  const inbox = new Inbox(redis, redis, 'alice', 'me');
  const taking = inbox.take();
  const waiting = await redis.waiting(0);
  const stopping = inbox.stop();
  waiting.resolve(['alice_command', 'connect']);
  await stopping;
  expect(await taking).toBeUndefined();
  expect(redis.calls).toContain('LPUSH alice_command connect');
});

it('asks again after a loss, and first ends the connection that the server still sees waiting', async () => {
  const redis = new FakeRedis();
  redis.answers.set('CLIENT ID', '7');
  const inbox = new Inbox(redis, redis, 'alice', 'me');
  const taking = inbox.take();
  const first = await redis.waiting(0);
  redis.answers.set('CLIENT LIST ID 7', 'id=7 addr=127.0.0.1:1 name=me cmd=blpop\n');
  redis.sessions = 2;
  first.reject(new Error('Connection is closed.'));
  (await redis.waiting(1)).resolve(['alice_command', 'connect']);
  expect(await taking).toBe('connect');
  expect(redis.calls).toEqual(['CLIENT ID', 'CLIENT LIST ID 7', 'CLIENT KILL ID 7', 'CLIENT ID']);
});

it("does not end somebody else's connection that has the old number on a new server", async () => {
  const redis = new FakeRedis();
  redis.answers.set('CLIENT ID', '7');
  const inbox = new Inbox(redis, redis, 'alice', 'me');
  const taking = inbox.take();
  const first = await redis.waiting(0);
  redis.answers.set('CLIENT LIST ID 7', 'id=7 addr=127.0.0.1:1 name=me2 cmd=blpop\n');
  redis.sessions = 2;
  first.reject(new Error('Connection is closed.'));
  (await redis.waiting(1)).resolve(['alice_command', 'connect']);
  await taking;
  expect(redis.calls).not.toContain('CLIENT KILL ID 7');
});
