import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamEntry } from '../../../src/drivers/redis/replica-changes.ts';
import { StatusAccount } from '../../../src/drivers/redis/status-account.ts';
import { idBehind } from '../../../src/drivers/redis/status-read.ts';
import { peerName } from '../../../src/model/names.ts';
import { formatStatusEntry, parseStatusEntry } from '../../../src/model/wire.ts';

const alice = peerName('alice');
let ids = 0;
const entry = (status: string, report?: string): StreamEntry => {
  ids += 1;
  return { status, id: `${ids}-0`, at: ids, ...(report === undefined ? {} : { report }) };
};
const reading = (value: string | undefined, entries: readonly StreamEntry[] = [], more = false) => {
  const last = entries.at(-1);
  return { value, entries, more, next: last === undefined ? undefined : idBehind(last.id) };
};
const short = (reports: ReturnType<StatusAccount['read']>): string[] =>
  reports.map(({ status, via, missed }) => `${status} ${via} ${missed}`);

describe('one reading', () => {
  test.each([
    ['a first value', reading('a'), 0, ['a notification 0']],
    ['nothing', reading(undefined), 0, []],
    ['a SET', reading('a'), 1, ['a notification 0']],
    ['SETs that hide each other', reading('c'), 3, ['c notification 2']],
    ['a stream', reading('b', [entry('a'), entry('b')]), 2, ['a stream 0', 'b stream 0']],
    ['a SET behind a stream', reading('b', [entry('a')]), 2, ['a stream 0', 'b notification 0']],
    ['SETs among a stream', reading('b', [entry('a'), entry('b')]), 4, ['a stream 0', 'b stream 2']],
    ['a stream longer than what was notified', reading('b', [entry('a'), entry('b')]), 0, ['a stream 0', 'b stream 0']],
    ['a stream that goes on', reading('z', [entry('a')], true), 1, ['a stream 0']],
    ['a stream without its value', reading(undefined, [entry('a')]), 1, ['a stream 0']],
    ['an entry that was sent again', reading('a', [entry('a', 'r'), entry('a', 'r')]), 2, ['a stream 0']],
  ])('with %s', (_name, what, sets, expected) => {
    expect(short(new StatusAccount(alice).read(what, sets, 'notification'))).toEqual(expected);
  });

  test('tells the same word again only where it was SET again', () => {
    const account = new StatusAccount(alice);
    account.read(reading('a'), 1, 'notification');
    expect(short(account.read(reading('a'), 0, 'notification'))).toEqual([]);
    expect(short(account.read(reading('a'), 1, 'notification'))).toEqual(['a notification 0']);
    account.read(reading(undefined), 0, 'notification');
    expect(short(account.read(reading('a'), 0, 'notification'))).toEqual(['a notification 0']);
  });

  test('goes on behind what the replication stream has told', () => {
    const account = new StatusAccount(alice);
    const first = entry('a', 'r1');
    account.replicated('a', first, 0);
    expect(account.next).toBe(idBehind(first.id));
    expect(account.replicated('a', entry('a', 'r1'), 0)).toBeUndefined();
    expect(short(account.read(reading('b', [entry('b', 'r2')]), 1, 'notification'))).toEqual(['b stream 0']);
  });

  test('has no time where the peer sent none that is one', () => {
    for (const at of [Number.NaN, 1e300, -1e300]) {
      const [report] = new StatusAccount(alice).read(reading('a', [{ status: 'a', id: '1-0', at }]), 1, 'poll');
      expect(report).not.toHaveProperty('reportedAt');
    }
  });
});

test('of any mixture of streamed and plain SETs, read at any time, each is told or counted once', () => {
  const step = fc.record({ streamed: fc.boolean(), word: fc.constantFrom('a', 'b', 'c'), read: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const account = new StatusAccount(alice);
      const told: { status: string; missed: number; via: string }[] = [];
      let entries: StreamEntry[] = [];
      let sets = 0;
      for (const [index, { streamed, word, read }] of steps.entries()) {
        sets += 1;
        if (streamed) entries.push(entry(word, `r${index}`));
        if (!read && index < steps.length - 1) continue;
        told.push(...account.read(reading(word, entries), sets, 'notification'));
        entries = [];
        sets = 0;
      }
      expect(told.reduce((sum, { missed }) => sum + 1 + missed, 0)).toBe(steps.length);
      expect(told.at(-1)?.status).toBe(steps.at(-1)?.word);
      const words = steps.filter(({ streamed }) => streamed).map(({ word }) => word);
      const streams = told.filter(({ via }) => via === 'stream').map(({ status }) => status);
      expect(streams).toEqual(words);
    }),
  );
});

test('an entry is read as it was written, and what is none is not', () => {
  const full = { status: 'started|/ip4/1', at: 1_767_225_600_123, report: 'x:1' };
  expect(parseStatusEntry(formatStatusEntry(full))).toEqual(full);
  expect(parseStatusEntry(formatStatusEntry({ status: '' }))).toEqual({ status: '' });
  expect(parseStatusEntry(['more', '1', 'status', 'a', 'at', 'noon'])).toEqual({ status: 'a' });
  expect(parseStatusEntry(['other', 'a', 'status'])).toBeUndefined();
});

test('the id behind an id', () => {
  expect(idBehind('5-0')).toBe('5-1');
  expect(idBehind('5-18446744073709551614')).toBe('5-18446744073709551615');
});
