import { TmError } from '../../model/fault.ts';
import type { Session } from '../session.ts';
import { PhaseFailed } from './phase-failed.ts';

/** Waits until every peer has reported a status. Throws `PhaseFailed` when one dies first or the time is up. */
export async function awaitStarted(session: Session): Promise<void> {
  const { board, world, request } = session;
  const { startupSeconds } = request.desired.spec.timeouts;
  const deadline = world.clock.now() + startupSeconds * 1000;
  const settled = () =>
    session.monitoring?.fault() !== undefined ||
    board.all().some((peer) => peer.life === 'died') ||
    board.all().every((peer) => peer.started);
  const outcome = await board.until(settled, world.clock, deadline, session.stop.signal);
  if (outcome === 'stopped') return;
  throwIfRedisIsGone(session);
  const died = board.all().filter((peer) => peer.life === 'died');
  if (died.length > 0)
    throw new PhaseFailed({ rule: 'started', reason: `${names(died)} died before the timeline began` });
  if (outcome === 'timeout') {
    const missing = board.all().filter((peer) => !peer.started);
    const reason = `${names(missing)} did not report started within ${startupSeconds} s`;
    throw new PhaseFailed({ rule: 'started', reason });
  }
}

/** Throws `unreachable` once Redis has been given up: no peer can be heard any more. */
export function throwIfRedisIsGone(session: Session): void {
  const fault = session.monitoring?.fault();
  if (fault !== undefined) throw new TmError(fault);
}

/** `alice, bob and 3 more`. */
export function names(peers: readonly { readonly peer: string }[]): string {
  const shown = peers.slice(0, 5).map(({ peer }) => peer);
  const more = peers.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
