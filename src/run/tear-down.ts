import { toFault } from '../model/fault.ts';
import { REDIS_CONTAINER } from '../model/names.ts';
import type { FormerRedis, Observed, ObservedRedis } from '../model/observed.ts';
import { redisName } from '../plan/diff-redis.ts';
import { summarize } from '../plan/summary.ts';
import { teardown } from '../plan/teardown.ts';
import { saveEvidence } from './evidence/save-evidence.ts';
import { observe } from './observe.ts';
import { RunFaults } from './run-faults.ts';
import type { Session } from './session.ts';
import { walkPlan } from './walk-plan.ts';

/**
 * Removes all that our labels mark: what is observed decides, not a memory of what was done. The evidence is saved first, and
 * afterwards it looks again. Gives what is left, as sentences; throws `RunFaults` when a step failed.
 */
export async function tearDown(session: Session): Promise<void> {
  const { request, recorder, world, fleet } = session;
  const { desired } = request;
  await saveEvidence(session);
  const startedAt = world.clock.now();
  const images = desired.spec.removeImages ? desired.spec.images : [];
  const observed = await lookAgain(session);
  const plan = teardown(observed, desired.spec.test, {
    images,
    redis: desired.redis,
    hosts: desired.spec.hosts,
  });
  recorder.emit({
    type: 'planned',
    plan,
    summary: summarize(plan),
    ms: Math.round(world.clock.now() - startedAt),
  });
  const result = await walkPlan(session, plan, observed, NEVER);
  await retireExternalRedis(session);
  session.tornDown = true;
  session.left = await whatIsLeft(session);
  const unreachable = [...fleet.faults.values()];
  const faults = [...result.faults.map(({ fault }) => fault), ...unreachable];
  if (faults.length > 0) throw new RunFaults(faults);
}

/** A Redis that is not ours stays, without what the test wrote into it. What cannot be deleted is told, and is no failure of the test. */
async function retireExternalRedis(session: Session): Promise<void> {
  const { bus, request, recorder } = session;
  const { redis, spec } = request.desired;
  if (redis.kind !== 'external' || bus === undefined) return;
  try {
    const peers = spec.peers.map((peer) => peer.name);
    await bus.retire(spec.test, peers, session.run === '' ? 0 : WATCHERS_READ_ON_S, NEVER);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    recorder.emit({ type: 'warning', message: `the keys of this test could not be deleted from Redis: ${why}` });
  }
}

/** Seconds for which watchers of an external Redis can still read how a run ended. */
const WATCHERS_READ_ON_S = 3600;

/** A teardown is never stopped half way: each of its calls is bounded by its driver. */
const NEVER = new AbortController().signal;

async function lookAgain(session: Session): Promise<Observed> {
  const { request, world, fleet } = session;
  const { redis, spec } = request.desired;
  const standing =
    redis.kind === 'external'
      ? ({ kind: 'absent' } as const)
      : await world.redisServers.observe(redis, spec.test, session.redis.password, NEVER).catch(notKnown);
  return observe(request.desired, fleet, { observed: standing, usedRuns: [] }, NEVER);
}

/** An engine here that does not answer must not keep anything standing on the hosts. */
const notKnown = (error: unknown): ObservedRedis => ({ kind: 'unreachable', fault: toFault(error) });

/** What still carries our labels after a teardown, for a person to know. */
export async function whatIsLeft(session: Session): Promise<readonly string[]> {
  const { request, fleet } = session;
  const { spec } = request.desired;
  const observed = await lookAgain(session);
  const left: string[] = [];
  for (const host of observed.hosts) {
    if (host.kind === 'unreachable') left.push(`${host.host}: not known, it cannot be reached`);
    if (host.kind !== 'reachable' || !fleet.engines().some((engine) => engine.name === host.host)) continue;
    for (const container of host.containers)
      if (container.labels?.test === spec.test) left.push(`${host.host}: ${container.name} (${container.state})`);
  }
  if (session.formerRedis !== undefined) left.push(`this machine: ${formerLeft(session.formerRedis)}`);
  const redis = request.desired.redis.kind === 'container' ? REDIS_CONTAINER : 'redis-server';
  if (observed.redis.kind === 'ready' || observed.redis.kind === 'unusable') left.push(`this machine: ${redis}`);
  if (observed.redis.kind === 'unreachable') left.push(`this machine: whether ${redis} is there cannot be told`);
  return left;
}

function formerLeft({ redis, unasked }: FormerRedis): string {
  const name = redisName(redis);
  return unasked === undefined ? name : `whether the earlier ${name} is there cannot be told`;
}
