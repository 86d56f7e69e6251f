import { expect, it } from 'vitest';
import { Outbox, type Reporter } from '../../src/peer/outbox.ts';
import { PeerError } from '../../src/peer/peer-error.ts';

/** A Redis of the test's own making: it fails as the test says, and keeps what it was sent. */
class FakeRedis implements Reporter {
  readonly taken: string[] = [];
  readonly times: number[] = [];
  /** Errors for the next calls; undefined lets one through. */
  failures: (Error | undefined)[] = [];
  /** Whether a failing call is executed all the same, its answer lost. */
  executesFailing = false;
  closed = false;
  /** What it says to XADD, where it does not execute it. */
  streamRefusal: Error | undefined;
  readonly appended: string[] = [];

  async ready(): Promise<void> {
    if (this.closed) throw new PeerError('closed', 'closed');
  }

  async call(command: string, ...words: readonly string[]): Promise<unknown> {
    const failure = this.failures.shift();
    if (failure === undefined || this.executesFailing) {
      this.taken.push([command, ...words].join(' '));
      this.times.push(performance.now());
    }
    if (failure !== undefined) throw failure;
    return 'OK';
  }

  async transaction(commands: Parameters<Reporter['transaction']>[0]): Promise<(Error | undefined)[]> {
    const [append = [], set] = commands;
    expect([append[0], commands.length]).toEqual(['XADD', 2]);
    // Nothing of a transaction is executed when one of its commands is refused.
    if (this.streamRefusal !== undefined) throw this.streamRefusal;
    if (this.failures[0] === undefined || this.executesFailing) this.appended.push(append.slice(1).join(' '));
    await this.call(...set!);
    return [undefined, undefined];
  }
}

const lost = () => new Error('Connection is closed.');
const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

function make(options: { readonly lines?: number; readonly statusGapMs?: number; readonly setGapMs?: number } = {}) {
  const redis = new FakeRedis();
  const notices: string[] = [];
  const outbox = new Outbox(redis, 'alice', {
    limits: { lines: options.lines ?? 100, characters: 1_000 },
    identity: 'me',
    statusGapMs: { streamed: options.statusGapMs ?? 0, setOnly: options.setGapMs ?? options.statusGapMs ?? 0 },
    notice: (text) => notices.push(text),
  });
  return { redis, outbox, notices };
}

it('sends lines of one turn in one LPUSH, and a status after the lines before it', async () => {
  const { redis, outbox } = make();
  outbox.line('a');
  outbox.line('b');
  const status = outbox.status('connected');
  outbox.line('c');
  await status;
  expect(redis.taken.slice(0, 2)).toEqual(['LPUSH alice_log a b', 'SET alice_status connected']);
  await outbox.flushed();
  expect(redis.taken[2]).toBe('LPUSH alice_log c');
});

it('sends again what got no answer, before anything that came later', async () => {
  const { redis, outbox } = make();
  redis.failures = [lost(), lost(), undefined, lost()];
  outbox.line('a');
  const status = outbox.status('connected');
  outbox.line('b');
  await status;
  await outbox.flushed();
  expect(redis.taken).toEqual(['LPUSH alice_log a', 'SET alice_status connected', 'LPUSH alice_log b']);
});

it('repeats a batch whose answer was lost rather than losing it', async () => {
  const { redis, outbox } = make();
  redis.failures = [lost()];
  redis.executesFailing = true;
  outbox.line('a');
  await outbox.flushed();
  expect(redis.taken).toEqual(['LPUSH alice_log a', 'LPUSH alice_log a']);
});

it('waits for a Redis that cannot now, and says so once', async () => {
  const { redis, outbox, notices } = make();
  redis.failures = [reply('LOADING Redis is loading the dataset in memory'), reply('OOM command not allowed')];
  await outbox.status('connected');
  expect(redis.taken).toEqual(['SET alice_status connected']);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/LOADING/);
});

it('rejects a status that Redis refuses, and goes on', async () => {
  const { redis, outbox } = make();
  // In the transaction, and alone.
  redis.failures = [reply('NOPERM no permissions to run SET'), reply('NOPERM no permissions to run SET')];
  await expect(outbox.status('connected')).rejects.toThrow(/NOPERM/);
  await outbox.status('stopped');
  expect(redis.taken).toEqual(['SET alice_status stopped']);
  expect(redis.appended).toHaveLength(1);
});

it('keeps two statuses apart by the gap', async () => {
  const { redis, outbox } = make({ statusGapMs: 15 });
  await Promise.all(['connecting', 'connected', 'stopped'].map((word) => outbox.status(word)));
  expect(redis.taken).toHaveLength(3);
  expect(redis.times[1]! - redis.times[0]!).toBeGreaterThanOrEqual(15);
  expect(redis.times[2]! - redis.times[1]!).toBeGreaterThanOrEqual(15);
});

it('puts the last status back after a reconnect, only where none stands, and nothing where there was none', async () => {
  const { redis, outbox } = make();
  outbox.restored();
  await outbox.status('connected');
  outbox.restored();
  await outbox.flushed();
  expect(redis.taken).toEqual(['SET alice_status connected', 'SET alice_status connected NX']);
});

it('counts what is left when it is closed, and rejects who waits', async () => {
  const { redis, outbox } = make({ lines: 2 });
  redis.closed = true;
  for (const text of ['a', 'b', 'dropped', 'dropped too']) outbox.line(text);
  const waiting = [outbox.status('connected'), outbox.flushed()];
  expect(outbox.close()).toBe(5);
  for (const promise of waiting) await expect(promise).rejects.toMatchObject({ code: 'closed' });
  await expect(outbox.status('late')).rejects.toMatchObject({ code: 'closed' });
  outbox.line('late');
  expect(outbox.close()).toBe(0);
  expect(redis.taken).toEqual([]);
});

it('appends each status to the stream, with its time and a word that is the same when it has to be repeated', async () => {
  const { redis, outbox } = make();
  redis.failures = [lost()];
  redis.executesFailing = true;
  const before = Date.now();
  await outbox.status('connecting');
  await outbox.status('connected|/ip4/1');
  const entries = redis.appended.map((text) => / \* status (\S+) at (\d+) report (\S+)$/.exec(text)?.slice(1) ?? []);
  expect(redis.appended[0]).toMatch(/^alice_statuses MAXLEN ~ 1000 \* /);
  expect(entries.map(([status, , report]) => [status, report])).toEqual([
    ['connecting', 'me:1'],
    ['connecting', 'me:1'],
    ['connected|/ip4/1', 'me:2'],
  ]);
  for (const [, at] of entries) expect(Number(at) - before).toBeGreaterThanOrEqual(0);
  expect(Number(entries[2]![1])).toBeLessThanOrEqual(Date.now());
});

it('goes on with SET alone where the stream is refused, says so once, and leaves the gap that this needs', async () => {
  const { redis, outbox, notices } = make({ statusGapMs: 0, setGapMs: 15 });
  redis.streamRefusal = reply("ERR unknown command 'XADD'");
  await Promise.all(['connecting', 'connected', 'stopped'].map((word) => outbox.status(word)));
  expect(redis.taken).toEqual(['connecting', 'connected', 'stopped'].map((word) => `SET alice_status ${word}`));
  expect(redis.appended).toEqual([]);
  expect(redis.times[2]! - redis.times[0]!).toBeGreaterThanOrEqual(30);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/XADD/);
});
