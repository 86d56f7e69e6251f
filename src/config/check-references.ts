import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import { MAX_FAULTS } from './max-faults.ts';
import type { Path } from './path.ts';
import type { TestConfig } from './test-config.generated.ts';
import { shown } from './wording.ts';

/** Looking for the name that was meant costs time with thousands of peers, and after some dozen faults the mistake is another one. */
const MAX_SUGGESTIONS = 40;

/** Names of peers in `bootstrap` and in commands: there must be such a peer. */
export function* checkReferences(draft: Draft<TestConfig>, { locate }: Context): Generator<ConfigFault> {
  const peers = draft.peers ?? [];
  // A peer whose name cannot be read may be the one that is meant: its own fault is enough.
  if (draft.peers === undefined || peers.some((peer) => peer?.name === undefined)) return;
  const names = new Set(peers.flatMap((peer) => peer?.name ?? []));
  let told = 0;
  for (const { name, by, where, path } of references(draft)) {
    if (name === by) {
      yield warning(locate(path), 'bootstraps-itself', `${name} is told its own address`, 'remove it');
    }
    if (names.has(name)) continue;
    const meant = told < MAX_SUGGESTIONS ? closest(name, names) : undefined;
    const suggestion = meant === undefined ? known(names) : `did you mean "${meant}"?`;
    yield error(locate(path), 'unknown-peer', `unknown peer ${shown(name)} in ${where}`, suggestion);
    told += 1;
    if (told === MAX_FAULTS) return;
  }
}

interface Reference {
  readonly name: string;
  /** The peer in whose entry it stands. */
  readonly by?: string | undefined;
  readonly where: string;
  readonly path: Path;
}

function* references(draft: Draft<TestConfig>): Generator<Reference> {
  for (const [index, peer] of (draft.peers ?? []).entries()) {
    for (const [place, name] of (peer?.bootstrap ?? []).entries()) {
      if (name === undefined) continue;
      yield { name, by: peer?.name, where: 'bootstrap', path: ['peers', index, 'bootstrap', place] };
    }
  }
  for (const [index, command] of (draft.commands ?? []).entries()) {
    if (command?.peer === undefined) continue;
    yield { name: command.peer, where: 'a command', path: ['commands', index, 'peer'] };
  }
}

function known(names: ReadonlySet<string>): string {
  if (names.size === 0) return 'there are no peers';
  return `there are ${[...names].slice(0, 8).join(', ')}${names.size > 8 ? ', …' : ''}`;
}
