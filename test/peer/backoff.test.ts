import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoff } from '../../src/peer/backoff.ts';

it('doubles up to two seconds', () => {
  expect([0, 1, 2, 3, 6, 7, 1_000].map((attempt) => backoff(attempt, () => 0))).toEqual([
    25, 50, 100, 200, 1_600, 2_000, 2_000,
  ]);
});

it('takes off at most half, by chance', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), chance, (attempt, random) => {
      const full = backoff(attempt, () => 0);
      const some = backoff(attempt, () => random);
      return some <= full && some >= Math.floor(full / 2);
    }),
  );
});
