/** The peers that a reader looks for first. */
import type { PeerName } from '../../../model/names.ts';
import type { Account } from '../account.ts';

/** An expectation on more peers than these says little about any one of them. */
const FEW = 12;

/** Peers that died, fell silent, did not take a command, or stand in an expectation that is not met. */
export function peersInQuestion({ peers, commands, expectations }: Account): ReadonlySet<PeerName> {
  const found = new Set<PeerName>();
  for (const { peer, died, silences } of peers) if (died !== undefined || silences.length > 0) found.add(peer);
  for (const { peer, skipped, sentAtMs, takenAfterMs } of commands)
    if (skipped !== undefined || (sentAtMs !== undefined && takenAfterMs === undefined)) found.add(peer);
  for (const { expectation, outcome, sightings, late } of expectations) {
    if (outcome !== 'unmet') continue;
    if (expectation.peers.length <= FEW) for (const peer of expectation.peers) found.add(peer);
    for (const { peer } of sightings) found.add(peer);
    if (late !== undefined) found.add(late.peer);
  }
  return found;
}
