import { toFault } from '../model/fault.ts';
import { describeHosts } from './describe-hosts.ts';
import { remember } from './remember.ts';
import { RunFaults } from './run-faults.ts';
import type { Session } from './session.ts';
import { walkPlan } from './walk-plan.ts';

/** Walks the plan. Throws `RunFaults` with what failed; what was made stays. */
export async function apply(session: Session): Promise<void> {
  const { plan, observed } = session;
  if (plan === undefined || observed === undefined) throw new Error('nothing is planned');
  session.touched = true;
  await remember(session);
  session.describing = describeHosts(session.fleet, session.recorder);
  const result = await walkPlan(session, plan, observed, session.stop.signal);
  if (result.faults.length > 0) throw new RunFaults(result.faults.map(({ fault }) => fault));
  if (session.stop.signal.aborted) return;
  // A plan without steps for Redis still needs a connection to it.
  if (session.bus === undefined) throw new RunFaults([toFault(new Error('Redis is not connected after the apply'))]);
}
