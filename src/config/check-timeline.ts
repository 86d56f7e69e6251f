import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { warning } from './faults.ts';
import type { PeerIndex } from './peer-index.ts';
import type { TestConfig } from './test-config.generated.ts';

/** Warns of what is odd about the commands: nobody to send them to, none at all, none for a peer, an empty one, or an order that is not theirs in time. */
export function* checkTimeline(
  draft: Draft<TestConfig>,
  peers: PeerIndex,
  { locate }: Context,
): Generator<ConfigFault> {
  const commands = draft.commands ?? [];
  if (draft.peers !== undefined && (draft.peers ?? []).length === 0) {
    const suggestion = 'a run starts its Redis, tests nothing, and passes';
    yield warning(locate(['peers'], 'key'), 'no-peers', 'there are no peers', suggestion);
  }
  if (draft.commands !== undefined && commands.length === 0) {
    if ((draft.peers ?? []).length > 0) {
      const suggestion = 'the peers are started and shut down again';
      yield warning(locate(['commands'], 'key'), 'no-commands', 'there are no commands', suggestion);
    }
    return;
  }
  const sentTo = new Set(commands.map((command) => command?.peer));
  // With a command whose peer cannot be read, nobody can be said to have none.
  if (commands.length > 0 && !sentTo.has(undefined)) {
    const busy = new Set<string>([...sentTo].flatMap((selector) => peers.select(selector ?? '')));
    for (const [index, peer] of (draft.peers ?? []).entries()) {
      if (peer?.name === undefined || busy.has(peer.name)) continue;
      yield warning(locate(['peers', index, 'name']), 'idle-peer', `${peer.name} is sent no command`);
    }
  }
  for (const [index, command] of commands.entries()) {
    if (command?.command !== undefined && command.command.trim() === '') {
      yield warning(locate(['commands', index, 'command']), 'empty-command', 'the command is empty');
    }
  }
  yield* outOfOrder(draft, { locate });
}

function* outOfOrder(draft: Draft<TestConfig>, { locate }: Pick<Context, 'locate'>): Generator<ConfigFault> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, command] of (draft.commands ?? []).entries()) {
    const time = command?.time;
    if (time === undefined) continue;
    if (time < latest) {
      const message = `this comes ${time} s after the start, and is written behind one of ${latest} s`;
      const suggestion = 'commands are sent in the order of their times, whatever the order of the file';
      yield warning(locate(['commands', index, 'time']), 'unsorted-commands', message, suggestion);
      return;
    }
    latest = time;
  }
}
