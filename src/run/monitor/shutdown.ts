import { formatDuration } from '../../lib/format-duration.ts';
import type { PeerName } from '../../model/names.ts';
import { SHUTDOWN_COMMAND } from '../../model/wire.ts';
import type { PeerState } from '../board.ts';
import type { RuleFailure } from '../rules.ts';
import type { Session } from '../session.ts';
import { markUsed } from './mark-used.ts';
import { PhaseFailed } from './phase-failed.ts';
import { names, throwIfRedisIsGone } from './startup.ts';

/** Milliseconds for a peer that has reported `stopped` to end by itself, so that its last lines are flushed. */
const EXIT_GRACE_MS = 3000;

/**
 * Waits until the last commands are taken, tells every living peer to shut down and waits for its `stopped`, then for its end, then
 * for its last lines. Each wait is bounded by `timeout.shutdown`. Throws `PhaseFailed` with what did not happen.
 */
export async function shutDown(session: Session): Promise<void> {
  const { board, world, request, monitoring } = session;
  if (monitoring === undefined) return;
  const { shutdownSeconds } = request.desired.spec.timeouts;
  const patienceMs = shutdownSeconds * 1000;
  const { clock } = world;
  const failures: RuleFailure[] = [];

  const lives = (peer: PeerName) => board.peers.get(peer)?.life === 'alive';
  const untaken = () => (monitoring.fault() === undefined ? monitoring.untaken() : []);
  const latest = clock.now() + patienceMs;
  if (!session.stop.signal.aborted)
    await board.until(() => !untaken().some(({ peer }) => lives(peer)), clock, latest, session.stop.signal);
  // Of one that has ended only the receipts of what it took before may still come.
  const last = Math.min(latest, clock.now() + EXIT_GRACE_MS);
  if (!session.stop.signal.aborted) await board.until(() => untaken().length === 0, clock, last, session.stop.signal);
  if (!session.stop.signal.aborted) {
    for (const { peer, command } of monitoring.untaken())
      failures.push({
        rule: 'taken',
        reason: lives(peer)
          ? `${peer} did not take "${command}" within ${shutdownSeconds} s of the end of the timeline${silent(session, [peer])}`
          : `${peer} ${board.peers.get(peer)?.life === 'died' ? 'died' : 'stopped'} without taking "${command}"`,
      });
  }

  throwIfRedisIsGone(session);
  // Only a tm that is killed right now would miss the note; the peers are told all the same.
  await markUsed(session).catch(() => undefined);
  session.shuttingDown = true;
  board.changed();
  const asked = board.all().filter((peer) => peer.containerId !== undefined && !isDown(peer));
  await Promise.all(asked.map(({ peer }) => monitoring.send(peer, SHUTDOWN_COMMAND, { kind: 'shutdown' })));
  await board.until(() => monitoring.fault() !== undefined || asked.every(isDown), clock, clock.now() + patienceMs);
  const running = asked.filter((peer) => !isDown(peer));
  if (running.length > 0) {
    const silentOnes = silent(
      session,
      running.map(({ peer }) => peer),
    );
    const reason = `${names(running)} did not report stopped within ${shutdownSeconds} s${silentOnes}`;
    failures.push({ rule: 'stopped', reason });
  }

  const stopped = () => board.all().filter((peer) => peer.containerId !== undefined && peer.status?.word === 'stopped');
  await board.until(() => stopped().every((peer) => peer.life !== 'alive'), clock, clock.now() + EXIT_GRACE_MS);
  await monitoring.drain();
  session.shutDownOver = true;
  if (failures.length > 0) throw new PhaseFailed(...failures);
}

function isDown(peer: PeerState): boolean {
  return peer.life !== 'alive' || peer.status?.word === 'stopped';
}

/** Peers of a reason that are named one by one. */
const MOST_SILENT = 5;

/** `; bob has been silent for 42 s`: of these peers those that were not heard at all lately. */
function silent({ heartbeats }: Session, peers: readonly PeerName[]): string {
  const found = peers.flatMap((peer) => {
    const forMs = heartbeats.silentForMs(peer);
    return forMs === undefined ? [] : [`${peer} has been silent for ${formatDuration(forMs)}`];
  });
  const more = found.length - MOST_SILENT;
  return found
    .slice(0, MOST_SILENT)
    .concat(more > 0 ? [`and ${more} more`] : [])
    .map((text, i) => `${i === 0 ? ';' : ','} ${text}`)
    .join('');
}
