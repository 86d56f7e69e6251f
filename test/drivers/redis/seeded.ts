/** A small generator of pseudo-random numbers in [0, 1), so that a test's random points can be had again from its seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The seed to use: `TM_SEED`, or one that the test prints when it fails. */
export const seedOfToday = (): number => Number(process.env['TM_SEED'] ?? Date.now() % 1_000_000);
