import { Secret } from '../lib/secret.ts';
import type { Fault } from '../model/fault.ts';
import { TmError, toFault } from '../model/fault.ts';
import type { PeerName } from '../model/names.ts';
import type { Observed, ObservedRedis, UsedRun } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { diff } from '../plan/diff.ts';
import { redactPlan } from '../plan/redact-plan.ts';
import { summarize } from '../plan/summary.ts';
import { addressesOf, bindAddresses, managedUrl } from './addresses.ts';
import { needsControl } from './fleet.ts';
import { findFormerRedis } from './former-redis.ts';
import { observe } from './observe.ts';
import { resetHosts } from './reset-hosts.ts';
import { RunFaults } from './run-faults.ts';
import type { Session } from './session.ts';

/**
 * Looks at the hosts, the engine here and Redis, and plans. Changes nothing: with `lock: false` not even a lock is taken.
 * Throws `RunFaults` with every host that cannot be reached, before anything was touched.
 */
export async function preparePlan(session: Session, options: { readonly lock: boolean }): Promise<Plan> {
  const startedAt = session.world.clock.now();
  const observed = await look(session, options);
  const { desired } = session.request;
  const url = session.request.externalRedis?.reveal();
  session.observed = observed;
  session.addresses = addressesOf(
    observed.hosts,
    url === undefined ? { kind: 'managed', spec: desired.spec.redis } : { kind: 'external', url },
  );
  const plan = diff(desired, observed, session.addresses);
  session.plan = plan;
  session.recorder.emit({
    type: 'planned',
    plan: redactPlan(plan),
    summary: summarize(plan),
    ms: Math.round(session.world.clock.now() - startedAt),
  });
  return plan;
}

async function look(session: Session, options: { readonly lock: boolean }): Promise<Observed> {
  const { desired } = session.request;
  const { fleet, world } = session;
  const signal = session.stop.signal;
  const control = needsControl(desired.spec.hosts, desired.images.length, desired.redis.kind);
  const opening = fleet.open(world.hosts, desired.spec.hosts, { control }, signal);
  // Awaited also when Redis is locked: a connection that comes after the end would be closed by nobody.
  const redis = await lookAtRedis(session, options).finally(() => opening);
  if (fleet.faults.size === 0) await resetHosts(session);
  const formerRedis = await findFormerRedis(session);
  const observed = {
    ...(await observe(desired, fleet, redis, signal)),
    ...(formerRedis === undefined ? {} : { formerRedis }),
  };
  const reachable = await withinReach(session, observed);
  return { ...reachable, silentPeers: await silentPeers(session, reachable) };
}

/** A managed Redis that was started for other hosts may not listen where the peers of these can reach it: then it is made anew. */
async function withinReach(session: Session, observed: Observed): Promise<Observed> {
  const { redis } = observed;
  if (redis.kind !== 'ready' || redis.listensOn === undefined) return observed;
  const there = new Set(redis.listensOn);
  const wanted = bindAddresses(observed.hosts, session.request.desired.spec.redis);
  const missing = there.has('0.0.0.0') ? [] : wanted.filter((address) => !there.has(address));
  if (missing.length === 0) return observed;
  await session.redis.close();
  return { ...observed, redis: { kind: 'unusable', because: `it does not listen on ${missing.join(', ')}` } };
}

/** Peers that run and have reported nothing: after a failed start they are not worth keeping, and nothing is lost by making them anew. */
async function silentPeers(session: Session, observed: Observed): Promise<readonly PeerName[]> {
  const { bus, request } = session;
  if (bus === undefined) return [];
  const running = observed.hosts.flatMap((host) =>
    host.kind === 'reachable'
      ? host.containers.flatMap(({ labels, state }) =>
          labels?.test === request.desired.spec.test && labels.peer !== undefined && state === 'running'
            ? [labels.peer]
            : [],
        )
      : [],
  );
  const statuses = await Promise.all(
    [...new Set(running)].map(async (peer) => ({ peer, status: await bus.status(peer, session.stop.signal) })),
  );
  return statuses.filter(({ status }) => status === undefined).map(({ peer }) => peer);
}

/** Every fault that stands between this observation and an apply. */
export function obstacles(session: Session, observed: Observed, plan: Plan): readonly Fault[] {
  const unreachable = observed.hosts.flatMap((host) => (host.kind === 'unreachable' ? [host.fault] : []));
  const redis = observed.redis.kind === 'unreachable' ? [observed.redis.fault] : [];
  const { desired } = session.request;
  const control =
    observed.control.kind === 'unreachable' && desired.redis.kind === 'container' ? [observed.control.fault] : [];
  const conflicts = plan.changes
    .filter((change) => change.kind === 'conflict')
    .map((change): Fault => {
      const { resource } = change;
      const name = resource.kind === 'image' ? resource.ref : resource.name;
      const host = change.on === 'control' ? {} : { host: change.on };
      const where = change.on === 'control' ? 'this machine' : change.on;
      return { kind: 'conflict', ...host, message: `${name} on ${where}: ${change.because}` };
    });
  const unroutable = observed.hosts.flatMap((host): Fault[] =>
    host.kind === 'reachable' && session.addresses?.redis.get(host.host) === undefined
      ? [
          {
            kind: 'failed',
            host: host.host,
            message: `it cannot be told at which address peers on ${host.host} reach Redis on this machine`,
            hint: 'give it as redis.advertise in the config',
          },
        ]
      : [],
  );
  return [...unreachable, ...redis, ...control, ...conflicts, ...unroutable];
}

/** Refuses to go on where something stands in the way. Throws `RunFaults` with all of it. */
export function refuseObstacles(session: Session, observed: Observed, plan: Plan): void {
  const faults = obstacles(session, observed, plan);
  if (faults.length > 0) throw new RunFaults(faults);
}

async function lookAtRedis(
  session: Session,
  options: { readonly lock: boolean },
): Promise<{ readonly observed: ObservedRedis; readonly usedRuns: readonly UsedRun[] }> {
  const { desired, externalRedis } = session.request;
  const { world, state } = session;
  const signal = session.stop.signal;
  const remembered = state?.usedRuns ?? [];
  try {
    let observed: ObservedRedis;
    if (desired.redis.kind === 'external') {
      if (externalRedis === undefined) throw new Error('no URL for the external Redis');
      session.redis.url = externalRedis;
      observed = { kind: 'absent' };
    } else {
      const password = state?.redisPassword === undefined ? undefined : new Secret(state.redisPassword);
      observed = await world.redisServers.observe(desired.redis, desired.spec.test, password, signal);
      if (observed.kind !== 'ready') return { observed, usedRuns: remembered };
      session.redis.password = password;
      session.redis.url = managedUrl(desired.redis.port, password);
    }
    const bus = await world.buses.connect(session.redis.url, signal);
    session.redis.read(bus, session.redis.url);
    const usedRuns = merge(remembered, await bus.usedRuns(desired.spec.test, signal));
    if (options.lock) await session.redis.adopt(bus, session.redis.url, signal);
    const listensOn = observed.kind === 'ready' ? observed.listensOn : undefined;
    return {
      observed: {
        kind: 'ready',
        instance: bus.instance,
        version: bus.version,
        ...(listensOn === undefined ? {} : { listensOn }),
      },
      usedRuns,
    };
  } catch (error) {
    // Another run's lock is an answer, not a Redis that cannot be reached.
    if (error instanceof TmError && error.fault.kind === 'locked') throw error;
    await session.redis.close();
    return { observed: { kind: 'unreachable', fault: toFault(error) }, usedRuns: remembered };
  }
}

function merge(one: readonly UsedRun[], other: readonly UsedRun[]): readonly UsedRun[] {
  return [...new Map([...one, ...other].map((entry) => [entry.run, entry])).values()];
}
