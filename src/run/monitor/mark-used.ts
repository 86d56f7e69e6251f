import { isoTime } from '../../lib/iso-time.ts';
import { remember } from '../remember.ts';
import type { Session } from '../session.ts';

/**
 * From here on the containers are used up: noted on disk and in Redis before the first command of the timeline goes, and before peers that
 * never came to it are told to shut down. On disk first: a tm that is killed between the two must not go on with this run, whose containers
 * the note in Redis would then condemn again and again.
 */
export async function markUsed(session: Session): Promise<void> {
  const { request, bus, world } = session;
  if (session.usedUp) return;
  session.usedUp = true;
  const at = isoTime(world.clock.wall());
  const earlier = session.state?.usedRuns ?? [];
  await remember(session, { usedRuns: [...earlier, { run: session.run, at }].slice(-REMEMBERED_RUNS) });
  await bus?.markUsed(request.desired.spec.test, session.run, at);
}

/** Older runs than these have no containers left that anybody could mistake for unused. */
const REMEMBERED_RUNS = 20;
