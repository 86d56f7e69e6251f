import { toFault } from '../model/fault.ts';
import { perform } from './perform.ts';
import { RunFaults } from './run-faults.ts';
import type { Session } from './session.ts';
import { LIMITS, walk } from './walk.ts';

/** Walks the plan. Throws `RunFaults` with what failed; what was made stays. */
export async function apply(session: Session): Promise<void> {
  const { plan, recorder, world } = session;
  if (plan === undefined) throw new Error('nothing is planned');
  session.touched = true;
  await session.remember();
  const result = await walk(plan, (step) => perform(step, session), {
    limits: LIMITS,
    recorder,
    stop: session.stop.signal,
    now: () => world.clock.now(),
  });
  if (result.faults.length > 0) throw new RunFaults(result.faults.map(({ fault }) => fault));
  if (session.stop.signal.aborted) return;
  // A plan without steps for Redis still needs a connection to it.
  if (session.bus === undefined) throw new RunFaults([toFault(new Error('Redis is not connected after the apply'))]);
}
