import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import type { Path } from './path.ts';
import type { TestConfig } from './test-config.generated.ts';
import { shown } from './wording.ts';

/** Names of peers in `bootstrap` and in commands: there must be such a peer. */
export function* checkReferences(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  const peers = draft.peers ?? [];
  // A peer whose name cannot be read may be the one that is meant: its own fault is enough.
  if (draft.peers === undefined || peers.some((peer) => peer?.name === undefined)) return;
  const names = new Set(peers.flatMap((peer) => peer?.name ?? []));
  for (const [index, peer] of peers.entries()) {
    for (const [place, name] of (peer?.bootstrap ?? []).entries()) {
      const path = ['peers', index, 'bootstrap', place];
      if (name === undefined) continue;
      if (!names.has(name)) yield unknownPeer(name, 'bootstrap', path, names, context);
      else if (name === peer?.name) {
        yield warning(context.locate(path), 'bootstraps-itself', `${name} is told its own address`, 'remove it');
      }
    }
  }
  for (const [index, command] of (draft.commands ?? []).entries()) {
    if (command?.peer === undefined || names.has(command.peer)) continue;
    yield unknownPeer(command.peer, 'a command', ['commands', index, 'peer'], names, context);
  }
}

function unknownPeer(
  name: string,
  where: string,
  path: Path,
  names: ReadonlySet<string>,
  { locate }: Context,
): ConfigFault {
  const meant = closest(name, names);
  const known = [...names].slice(0, 8).join(', ');
  const others = known === '' ? 'there are no peers' : `there are ${known}${names.size > 8 ? ', …' : ''}`;
  const suggestion = meant === undefined ? others : `did you mean "${meant}"?`;
  return error(locate(path), 'unknown-peer', `unknown peer ${shown(name)} in ${where}`, suggestion);
}
