import type { PeerFacts } from './run-facts.ts';

/** When a peer that is silent now was last heard, in milliseconds from the start of the run; undefined for one that is not silent. */
export function silentSince({ life, silences }: PeerFacts): number | undefined {
  const last = silences.at(-1);
  return life === 'alive' && last !== undefined && last.toMs === undefined ? last.fromMs : undefined;
}
