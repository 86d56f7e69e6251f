import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../src/peer/heartbeat.ts';
import type { Sender } from '../../src/peer/sender.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers at once, but where the test makes it `fail` or `hang`. */
function make(intervalMs: number) {
  const sent: string[] = [];
  const redis = { answer: 'at once' as 'at once' | 'fail' | 'hang' };
  let thaw = () => {};
  const sender: Sender = {
    ready: async () => {},
    call: (command, ...words) => {
      sent.push([command, ...words].join(' '));
      if (redis.answer === 'fail') return Promise.reject(new Error("Stream isn't writeable"));
      if (redis.answer === 'hang') return new Promise((resolve) => (thaw = () => resolve('OK')));
      return Promise.resolve('OK');
    },
  };
  return { heartbeat: new Heartbeat(sender, 'alice', intervalMs), sent, redis, thaw: () => thaw() };
}

const beat = (at: number, interval = 2_000) => `SET alice_heartbeat ${NOON + at}|${interval}`;

it('is sent when it is started, and then each interval', async () => {
  const { heartbeat, sent } = make(2_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toEqual([]);
  heartbeat.start();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(4_100);
  expect(sent).toEqual([beat(5_000), beat(7_000), beat(9_000)]);
});

it('ends with stop, for good', async () => {
  const { heartbeat, sent } = make(2_000);
  heartbeat.start();
  heartbeat.stop();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toEqual([beat(0)]);
});

it('does not begin after stop', async () => {
  const { heartbeat, sent } = make(2_000);
  heartbeat.stop();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toEqual([]);
});

it('is never sent with an interval of 0', async () => {
  const { heartbeat, sent } = make(0);
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toEqual([]);
});

it('is another value each time, whatever the clock says', async () => {
  const { heartbeat, sent } = make(2_000);
  heartbeat.start();
  for (let i = 0; i < 4; i++) {
    vi.setSystemTime(NOON);
    await vi.advanceTimersToNextTimerAsync();
    vi.setSystemTime(NOON);
  }
  expect(sent).toHaveLength(5);
  sent.forEach((value, index) => {
    if (index > 0) expect(value).not.toBe(sent[index - 1]);
  });
});

it('is left out while Redis is away or does not answer, and goes on afterwards', async () => {
  const { heartbeat, sent, redis, thaw } = make(2_000);
  redis.answer = 'fail';
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(2_000);
  redis.answer = 'hang';
  await vi.advanceTimersByTimeAsync(8_000);
  expect(sent).toEqual([beat(0), beat(2_000), beat(4_000)]);
  redis.answer = 'at once';
  thaw();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent.at(-1)).toBe(beat(12_000));
});
