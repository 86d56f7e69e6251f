const FIRST_MS = 25;
const LONGEST_MS = 2_000;

/**
 * Milliseconds to wait before the `attempt`-th try (from 0): doubling up to 2 s, of which a random half is taken off, so that a
 * thousand peers that lost the same Redis do not come back in step. `random` gives a number in [0, 1).
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling * (1 - random() / 2));
}
