import { expect, test } from 'vitest';
import { sampleClock } from '../../src/drivers/sample-clock.ts';

const here = (): number => performance.timeOrigin + performance.now();
/** The reading is taken between asking and answering: what surrounds it takes as long as the event loop needs. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Our wall time is known to the whole millisecond, and the machine may set its clock. */
const OWN_DOUBT_MS = 5;

async function* shifted(byMs: number) {
  for (;;) {
    await turn();
    yield here() + byMs;
    await turn();
  }
}

test.each([-86_400_000, -1234.5, 0, 3, 86_400_000])(
  'a clock that is %d ms ahead is found to be so, within what is said',
  async (byMs) => {
    const readings = shifted(byMs);
    const { aheadMs, uncertaintyMs } = await sampleClock(async () => (await readings.next()).value ?? Number.NaN, 5);
    expect(uncertaintyMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs(aheadMs - byMs)).toBeLessThanOrEqual(uncertaintyMs + OWN_DOUBT_MS);
  },
);

test('more readings leave no more doubt than any of them', async () => {
  const readings = shifted(7);
  const halves: number[] = [];
  const { uncertaintyMs } = await sampleClock(async () => {
    const sent = performance.now();
    const { value } = await readings.next();
    await turn();
    halves.push((performance.now() - sent) / 2);
    return value ?? Number.NaN;
  }, 8);
  expect(halves).toHaveLength(8);
  // What the caller sees of a round trip is a little longer than what the reader does.
  expect(uncertaintyMs).toBeLessThanOrEqual(Math.min(...halves) + OWN_DOUBT_MS);
});

test('where the other clock is set meanwhile, one reading counts alone', async () => {
  let turns = 0;
  const { aheadMs, uncertaintyMs } = await sampleClock(async () => {
    turns += 1;
    await turn();
    return here() + (turns < 3 ? 0 : 60_000);
  }, 4);
  const distance = Math.min(Math.abs(aheadMs), Math.abs(aheadMs - 60_000));
  expect(uncertaintyMs).toBeGreaterThanOrEqual(0);
  expect(distance).toBeLessThanOrEqual(uncertaintyMs + OWN_DOUBT_MS);
});

test('a clock that tells no time has no offset', async () => {
  expect((await sampleClock(async () => Number.NaN, 2)).aheadMs).toBeNaN();
});
