import type { TimelineEntry } from '../../model/timeline.ts';
import type { Session } from '../session.ts';
import { STOPPED } from '../verdict.ts';
import { throwIfRedisIsGone } from './startup.ts';
import { useUp } from './use-up.ts';

/**
 * Sends each command at its own time, counted from one zero: a late one delays none behind it. Ends when the last is sent,
 * when nobody is left to send to, or with the stop signal. Throws `unreachable` when Redis is gone for good.
 */
export async function runTimeline(session: Session): Promise<void> {
  const { board, recorder, world, plan, monitoring } = session;
  const stop = session.stop.signal;
  if (plan === undefined || monitoring === undefined) throw new Error('nothing is planned');
  const { entries, lengthMs } = plan.timeline;
  await useUp(session);
  const zero = world.clock.now();
  recorder.emit({ type: 'timeline-started', commands: entries.length, lengthMs });

  const sends: Promise<void>[] = [];
  let failure: unknown;
  const send = (entry: TimelineEntry) => {
    const life = board.peers.get(entry.peer)?.life;
    if (life !== 'alive') {
      const { index, peer, command } = entry;
      recorder.emit({
        type: 'command-skipped',
        index,
        peer,
        command,
        because: life === 'died' ? 'it died' : 'it has stopped',
      });
      return;
    }
    const origin = { kind: 'timeline', index: entry.index, dueMs: entry.atMs, zero } as const;
    sends.push(
      monitoring.send(entry.peer, entry.command, origin).catch((error: unknown) => {
        failure ??= error;
        board.changed();
      }),
    );
  };

  let next = 0;
  for (; next < entries.length && failure === undefined; next++) {
    const entry = entries[next];
    if (entry === undefined) break;
    if (zero + entry.atMs > world.clock.now()) {
      const over = () =>
        failure !== undefined || monitoring.fault() !== undefined || board.all().every((peer) => peer.life !== 'alive');
      const outcome = await board.until(over, world.clock, zero + entry.atMs, stop);
      if (outcome === 'stopped' || failure !== undefined || monitoring.fault() !== undefined) break;
    }
    if (stop.aborted) break;
    send(entry);
  }
  await Promise.all(sends);
  for (const { index, peer, command } of entries.slice(next))
    recorder.emit({ type: 'command-skipped', index, peer, command, because: STOPPED });
  recorder.emit({ type: 'timeline-ended', ms: Math.round(world.clock.now() - zero) });
  throwIfRedisIsGone(session);
  if (failure !== undefined) throw failure;
}
