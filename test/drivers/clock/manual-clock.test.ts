import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/drivers/memory/clock.ts';
import { runFor, runUntilSettled, turn } from '../../../src/drivers/memory/clock-drive.ts';

describe('manual clock', () => {
  it('stands still, with wall time moving beside it', () => {
    const clock = createManualClock({ wallAtZero: 1_000 });
    expect([clock.now(), clock.wall()]).toEqual([0, 1_000]);
    clock.advance(250);
    expect([clock.now(), clock.wall()]).toEqual([250, 1_250]);
  });

  it('wakes by deadline, and first come first of equal deadlines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), async (deadlines) => {
        const clock = createManualClock();
        const woken: { readonly deadline: number; readonly order: number; readonly at: number }[] = [];
        const sleeps = deadlines.map(async (deadline, order) => {
          await clock.sleepUntil(deadline);
          woken.push({ deadline, order, at: clock.now() });
        });
        await runUntilSettled(clock, Promise.all(sleeps));
        const expected = deadlines
          .map((deadline, order) => ({ deadline, order, at: deadline }))
          .sort((a, b) => a.deadline - b.deadline || a.order - b.order);
        expect(woken).toEqual(expected);
      }),
    );
  });

  it('wakes one sleeper a step, and never goes back for a deadline that has passed', async () => {
    const clock = createManualClock();
    clock.advance(100);
    const woken: string[] = [];
    void clock.sleepUntil(150).then(() => woken.push('later'));
    void clock.sleepUntil(40).then(() => woken.push('past'));
    await turn();
    expect(woken).toEqual([]);
    expect([clock.waiting, clock.nextDeadline]).toEqual([2, 40]);
    expect(clock.advanceToNext()).toBe(true);
    await turn();
    expect([woken, clock.now()]).toEqual([['past'], 100]);
    expect(clock.advanceToNext()).toBe(true);
    await turn();
    expect([woken, clock.now()]).toEqual([['past', 'later'], 150]);
    expect(clock.advanceToNext()).toBe(false);
  });

  it('rejects with the reason of the signal, before or during the sleep, and forgets the sleeper', async () => {
    const clock = createManualClock();
    const reason = new Error('stopped by a person');
    const controller = new AbortController();
    const aborted = clock.sleepUntil(10, controller.signal);
    const other = clock.sleepUntil(20);
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(clock.sleepUntil(10, controller.signal)).rejects.toBe(reason);
    expect([clock.waiting, clock.nextDeadline]).toEqual([1, 20]);
    await runUntilSettled(clock, other);
    expect([clock.waiting, clock.now()]).toEqual([0, 20]);
  });

  it('is not moved by somebody who sleeps for ever', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const forever = clock.sleepUntil(Number.POSITIVE_INFINITY, controller.signal);
    expect(clock.advanceToNext()).toBe(false);
    clock.advance(1_000_000);
    controller.abort(new Error('enough'));
    await expect(forever).rejects.toThrow('enough');
  });

  it('refuses nonsense', async () => {
    const clock = createManualClock();
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
    await expect(clock.sleepUntil(Number.NaN)).rejects.toThrow(RangeError);
  });
});

describe('driving it', () => {
  it('gives the value, or throws the error, of the promise', async () => {
    const clock = createManualClock();
    const value = (async () => {
      for (let i = 0; i < 10; i++) await clock.sleepUntil(clock.now() + 3_600_000);
      return 'ten hours';
    })();
    expect(await runUntilSettled(clock, value)).toBe('ten hours');
    expect(clock.now()).toBe(36_000_000);
    const failure = clock.sleepUntil(clock.now() + 5).then(() => Promise.reject(new Error('broken')));
    await expect(runUntilSettled(clock, failure)).rejects.toThrow('broken');
  });

  it('says that nothing can happen any more', async () => {
    const clock = createManualClock();
    clock.advance(7);
    await expect(runUntilSettled(clock, new Promise(() => {}))).rejects.toThrow(
      'deadlock at 7 ms: the promise is pending and nobody sleeps',
    );
  });

  it('gives up on a loop that never ends, even one of sleeps that are due at once', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const loop = (async () => {
      for (;;) await clock.sleepUntil(0, controller.signal);
    })();
    await expect(runUntilSettled(clock, loop, { maxSteps: 50 })).rejects.toThrow('not settled after 50 wake-ups');
    controller.abort(new Error('end of test'));
    await expect(loop).rejects.toThrow('end of test');
  });

  it('lets chains of microtasks run out before time goes on', async () => {
    const clock = createManualClock();
    const seen: string[] = [];
    const chain = (async () => {
      for (let i = 0; i < 500; i++) await null;
      seen.push(`chain at ${clock.now()}`);
    })();
    const sleeper = clock.sleepUntil(1).then(() => seen.push(`sleeper at ${clock.now()}`));
    await runUntilSettled(clock, Promise.all([chain, sleeper]));
    expect(seen).toEqual(['chain at 0', 'sleeper at 1']);
  });

  it('plays a stretch of time, sleeps begun meanwhile included', async () => {
    const clock = createManualClock();
    const ticks: number[] = [];
    const controller = new AbortController();
    const ticker = (async () => {
      for (;;) {
        await clock.sleepUntil(clock.now() + 10, controller.signal);
        ticks.push(clock.now());
      }
    })();
    await runFor(clock, 35);
    expect([ticks, clock.now()]).toEqual([[10, 20, 30], 35]);
    controller.abort(new Error('end of test'));
    await expect(ticker).rejects.toThrow('end of test');
  });
});
