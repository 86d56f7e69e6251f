import { expect, test } from 'vitest';
import { createManualClock } from '../../src/drivers/memory/clock.ts';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { paceEvents } from '../../src/run/pace-events.ts';
import { dies } from '../views/scenarios.ts';

async function* from(events: readonly TmEvent[]): AsyncGenerator<TmEvent> {
  yield* events;
}

/** When each event came, in milliseconds since the first could have. */
async function played(events: readonly TmEvent[], speed: number, cost = 0): Promise<readonly number[]> {
  const clock = createManualClock();
  const times: number[] = [];
  const play = async () => {
    for await (const _event of paceEvents(from(events), clock, speed, new AbortController().signal)) {
      times.push(clock.now());
      // A view that takes its time.
      if (cost > 0) await clock.sleepUntil(clock.now() + cost);
    }
  };
  await runUntilSettled(clock, play());
  return times;
}

const offsets = dies().map((event) => event.atMs);

test('events come when they came, or so many times as fast', async () => {
  expect(await played(dies(), 1)).toEqual(offsets);
  expect(await played(dies(), 10)).toEqual(offsets.map((atMs) => atMs / 10));
});

test('at once takes no time', async () => {
  expect(new Set(await played(dies(), 0))).toEqual(new Set([0]));
});

test('a slow view delays no event that comes after a pause', async () => {
  const times = await played(dies(), 1, 1);
  expect(times.at(-1)! - offsets.at(-1)!).toBeLessThan(20);
});

test('a later attempt begins where the earlier one ended', async () => {
  const [first, last] = [offsets[0]!, offsets.at(-1)!];
  const times = await played([...dies(), ...dies()], 1);
  expect(times.slice(offsets.length)).toEqual(offsets.map((atMs) => last + atMs - first));
});

test('the signal ends it in the middle of a pause', async () => {
  const clock = createManualClock();
  const leave = new AbortController();
  const told: TmEvent[] = [];
  const play = async () => {
    for await (const event of paceEvents(from(dies()), clock, 1, leave.signal)) told.push(event);
  };
  const playing = play();
  await runFor(clock, 10_000);
  const before = told.length;
  leave.abort();
  await playing;
  expect(told.length).toBe(before);
  expect(before).toBeGreaterThan(10);
  expect(before).toBeLessThan(offsets.length);
});
