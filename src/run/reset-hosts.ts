import { machinesOf } from '../plan/machines.ts';
import { reset } from '../plan/reset.ts';
import { summarize } from '../plan/summary.ts';
import { observe } from './observe.ts';
import { RunFaults } from './run-faults.ts';
import type { Session } from './session.ts';
import { walkPlan } from './walk-plan.ts';

/** Does what `--reset-hosts` asks, before anything is planned. Throws `RunFaults` with what could not be removed. */
export async function resetHosts(session: Session): Promise<void> {
  const { request, fleet, recorder, world } = session;
  if (request.reset === 'none') return;
  const { desired } = request;
  const startedAt = world.clock.now();
  const observed = await observe(desired, fleet, { observed: { kind: 'unknown' }, usedRuns: [] }, session.stop.signal);
  const machines = machinesOf(
    desired.spec.hosts.map(({ name }) => name),
    observed,
  );
  const plan = reset(desired, machines, request.reset);
  if (plan.steps.length === 0) return;
  recorder.emit({ type: 'planned', plan, summary: summarize(plan), ms: Math.round(world.clock.now() - startedAt) });
  const result = await walkPlan(session, plan, observed, session.stop.signal);
  if (result.faults.length > 0) throw new RunFaults(result.faults.map(({ fault }) => fault));
}
