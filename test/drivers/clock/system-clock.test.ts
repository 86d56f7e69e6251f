import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../src/drivers/system-clock.ts';

describe('system clock', () => {
  it('ends a sleep at its deadline, never before', async () => {
    const clock = createSystemClock();
    const late: number[] = [];
    for (let i = 0; i < 20; i++) {
      const deadline = clock.now() + 3 + i / 10;
      await clock.sleepUntil(deadline);
      late.push(clock.now() - deadline);
    }
    late.sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    // The better ones, so that a busy machine's delays do not count.
    expect(late[4]).toBeLessThan(1);
  });

  it('gives wall time', () => {
    expect(Math.abs(createSystemClock().wall() - Date.now())).toBeLessThan(1_000);
  });

  it('lets others go on in a loop of sleeps that are due', async () => {
    const clock = createSystemClock();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    for (let i = 0; turns < 2; i++) {
      expect(i).toBeLessThan(1_000_000);
      await clock.sleepUntil(clock.now() - 1);
    }
    clearInterval(timer);
    expect(turns).toBe(2);
  });

  it('rejects with the reason of the signal, before and during the sleep, and leaves no listener', async () => {
    const clock = createSystemClock();
    const controller = new AbortController();
    await clock.sleepUntil(clock.now() + 2, controller.signal);
    await clock.sleepUntil(clock.now() - 2, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    const reason = new Error('stopped by a person');
    const long = clock.sleepUntil(clock.now() + 60_000, controller.signal);
    const forever = clock.sleepUntil(Number.POSITIVE_INFINITY, controller.signal);
    const due = clock.sleepUntil(clock.now() - 1, controller.signal);
    controller.abort(reason);
    for (const sleep of [long, forever, due]) await expect(sleep).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    await expect(clock.sleepUntil(0, controller.signal)).rejects.toBe(reason);
    await expect(clock.sleepUntil(Number.NaN)).rejects.toThrow(RangeError);
  });

  it('lets any number sleep under one signal, without a warning', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    const clock = createSystemClock();
    const { signal } = new AbortController();
    const deadline = clock.now() + 5;
    await Promise.all(Array.from({ length: 50 }, () => clock.sleepUntil(deadline, signal)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('sleeps for longer than one timer can, which would else fire at once', async () => {
    const clock = createSystemClock();
    const controller = new AbortController();
    let awake = false;
    const days = clock.sleepUntil(clock.now() + 60 * 24 * 3_600_000, controller.signal).finally(() => {
      awake = true;
    });
    await clock.sleepUntil(clock.now() + 20);
    expect(awake).toBe(false);
    controller.abort(new Error('long enough'));
    await expect(days).rejects.toThrow('long enough');
  });
});
