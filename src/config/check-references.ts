import type { ConfigFault } from '../model/fault.ts';
import { peerName } from '../model/names.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import { MAX_FAULTS } from './max-faults.ts';
import type { Path } from './path.ts';
import type { PeerIndex } from './peer-index.ts';
import { replicatedPeer } from './replicated-peer.ts';
import { selectorsOf } from './selectors.ts';
import type { TestConfig } from './test-config.generated.ts';
import { unknownPeer } from './unknown-peer.ts';
import { writtenDemands } from './written-demands.ts';

/** Looking for the name that was meant costs time with thousands of peers, and after some dozen faults the mistake is another one. */
const MAX_SUGGESTIONS = 40;

/** Peers that `bootstrap`, commands and expectations name: there must be such a peer, and at least one for a glob or a tag. */
export function* checkReferences(
  draft: Draft<TestConfig>,
  peers: PeerIndex,
  { locate, replicas }: Context,
): Generator<ConfigFault> {
  // A peer whose name cannot be read may be the one that is meant: its own fault is enough.
  if (!peers.complete) return;
  let told = 0;
  for (const { selector, by, where, path } of references(draft)) {
    if (selector === by) {
      yield warning(locate(path), 'bootstraps-itself', `${selector} is told its own address`, 'remove it');
    }
    if (peers.names.has(peerName(selector)) || peers.select(selector).length > 0) continue;
    const count = replicas?.get(selector);
    const { message, suggestion } =
      count === undefined
        ? unknownPeer(selector, where, peers, told < MAX_SUGGESTIONS)
        : replicatedPeer(selector, where, count);
    yield error(locate(path), 'unknown-peer', message, suggestion);
    told += 1;
    if (told === MAX_FAULTS) return;
  }
}

interface Reference {
  readonly selector: string;
  /** The peer in whose entry it stands. */
  readonly by?: string | undefined;
  readonly where: string;
  readonly path: Path;
}

function* references(draft: Draft<TestConfig>): Generator<Reference> {
  for (const [index, peer] of (draft.peers ?? []).entries()) {
    for (const [place, selector] of (peer?.bootstrap ?? []).entries()) {
      if (selector === undefined) continue;
      yield { selector, by: peer?.name, where: 'bootstrap', path: ['peers', index, 'bootstrap', place] };
    }
  }
  for (const [index, command] of (draft.commands ?? []).entries()) {
    if (command?.peer === undefined) continue;
    yield { selector: command.peer, where: 'a command', path: ['commands', index, 'peer'] };
  }
  for (const { expect, path, place } of writtenDemands(draft)) {
    const where = place === 'when' ? '`when`' : 'an expectation';
    for (const { text, path: at } of selectorsOf(expect, path)) yield { selector: text, where, path: at };
  }
}
