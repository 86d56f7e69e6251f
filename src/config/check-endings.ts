import type { ConfigFault } from '../model/fault.ts';
import type { PeerName } from '../model/names.ts';
import { RESTART_EXIT_CODE, SHUTDOWN_COMMAND } from '../model/wire.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { warning } from './faults.ts';
import type { PeerIndex } from './peer-index.ts';
import { subjectOf } from './selectors.ts';
import type { TestConfig } from './test-config.generated.ts';
import { type WrittenDemand, writtenDemands } from './written-demands.ts';

/**
 * Warns of ends that will hardly come: `stopped` while the timeline is still open, of peers that are told to stop only behind it, and
 * the exit code by which a peer asks to be started again.
 */
export function* checkEndings(draft: Draft<TestConfig>, peers: PeerIndex, { locate }: Context): Generator<ConfigFault> {
  let shut: ReadonlySet<PeerName> | undefined;
  for (const written of writtenDemands(draft)) {
    const { expect, path } = written;
    if (expect.exit === RESTART_EXIT_CODE && expect.never !== true) {
      const message = `with ${RESTART_EXIT_CODE} a peer asks to be started again, which is no end of it`;
      yield warning(locate([...path, 'exit']), 'odd-exit', message, 'expect `status: restarting` instead');
    }
    if (expect.status !== 'stopped' || expect.never === true || !holdsTimelineOpen(written)) continue;
    shut ??= shutDown(draft, peers);
    const meant = peers.selectAll(subjectOf(written));
    const stopping = meant.filter((peer) => shut?.has(peer)).length;
    if (meant.length === 0 || stopping >= (expect.count ?? meant.length)) continue;
    const late = meant.find((peer) => !shut?.has(peer));
    const message = `${late} is told to shut down only when the timeline is over, and this keeps it open`;
    const suggestion = 'send it `shutdown` before, unless it stops by itself';
    yield warning(locate([...path, 'status']), 'odd-ending', message, suggestion);
  }
}

/** A wait, and a window with an end: peers that are not sent `shutdown` before are told to stop only when it is over. */
const holdsTimelineOpen = ({ place, expect }: WrittenDemand): boolean =>
  place === 'when' || (place === 'file' ? expect.by : expect.within) !== undefined;

function shutDown(draft: Draft<TestConfig>, peers: PeerIndex): ReadonlySet<PeerName> {
  const told = (draft.commands ?? []).flatMap((command) =>
    command?.command === SHUTDOWN_COMMAND && command.peer !== undefined ? [command.peer] : [],
  );
  return new Set([...new Set(told)].flatMap(peers.select));
}
