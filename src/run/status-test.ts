import { Secret } from '../lib/secret.ts';
import { type LockHolder, toFault } from '../model/fault.ts';
import type { HostName, PeerName, TestName } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { HostSpec } from '../model/spec.ts';
import type { HostStatus, PeerStanding, RedisStatus, TestStatus } from '../model/test-status.ts';
import { Fleet } from './fleet.ts';
import type { World } from './world.ts';

/** What is looked at. */
export interface StatusRequest {
  readonly test: TestName;
  readonly hosts: readonly HostSpec[];
  /** Those that are known; others are found on the hosts by their labels. */
  readonly peers: readonly { readonly peer: PeerName; readonly host?: HostName }[];
  readonly externalRedis?: Secret;
}

/**
 * What stands of a test now, everything asked at once: no lock is taken and nothing changed. What cannot be reached is said in the
 * answer; rejects only with the signal, or where `.tm/` cannot be read.
 */
export async function statusTest(world: World, request: StatusRequest, signal: AbortSignal): Promise<TestStatus> {
  const { test, externalRedis } = request;
  const store = world.stores.open(test);
  const [state, held] = await Promise.all([store.readState(), store.holder(world.self.machine)]);
  const remembered = state?.redisUrl === undefined ? undefined : new Secret(state.redisUrl);
  const looking = lookAtHosts(world, request, signal);
  const names = looking.then(({ containers }) => [
    ...new Set([...request.peers.map(({ peer }) => peer), ...containers.keys()]),
  ]);
  const [hosts, redis] = await Promise.all([looking, lookAtRedis(world, externalRedis ?? remembered, names, signal)]);
  signal.throwIfAborted();
  // An external Redis may serve several tests; its lock is of one.
  const holder = held ?? (redis.holder?.test === test ? redis.holder : undefined);
  return {
    test,
    ...(holder === undefined ? {} : { holder }),
    hosts: hosts.statuses,
    redis: redis.status,
    peers: standings(request, hosts.containers, redis.statuses),
  };
}

interface Found {
  readonly host: HostName;
  readonly container: ObservedContainer;
}

async function lookAtHosts(
  world: World,
  { test, hosts }: StatusRequest,
  signal: AbortSignal,
): Promise<{ readonly statuses: readonly HostStatus[]; readonly containers: ReadonlyMap<PeerName, Found> }> {
  await using fleet = new Fleet();
  await fleet.open(world.hosts, hosts, { control: false }, signal);
  const containers = new Map<PeerName, Found>();
  const statuses = await Promise.all(
    hosts.map(async ({ name: host, address }): Promise<HostStatus> => {
      try {
        const fault = fleet.faults.get(host);
        if (fault !== undefined) return { kind: 'unreachable', host, address, fault };
        const { description, containers: there } = fleet.host(host);
        // Two entries may share one engine, and each shows its own.
        const ours = (await there.list(signal)).filter(
          ({ labels }) => labels?.test === test && labels.peer !== undefined && labels.host === host,
        );
        for (const container of ours)
          if (container.labels?.peer !== undefined) containers.set(container.labels.peer, { host, container });
        return { kind: 'reachable', host, address, engine: description, ours: ours.length };
      } catch (error) {
        return { kind: 'unreachable', host, address, fault: toFault(error) };
      }
    }),
  );
  return { statuses, containers };
}

interface RedisFindings {
  readonly status: RedisStatus;
  readonly holder?: LockHolder;
  readonly statuses: (peer: PeerName) => string | undefined;
}

async function lookAtRedis(
  world: World,
  url: Secret | undefined,
  peers: Promise<readonly PeerName[]>,
  signal: AbortSignal,
): Promise<RedisFindings> {
  const none = () => undefined;
  if (url === undefined) return { status: { kind: 'none' }, statuses: none };
  try {
    await using bus = await world.buses.connect(url, signal);
    const holder = await bus.holder(world.self.machine, signal);
    const found = await Promise.all((await peers).map(async (peer) => [peer, await bus.status(peer, signal)] as const));
    const statuses = new Map(found);
    return {
      status: { kind: 'answers', version: bus.version },
      ...(holder === undefined ? {} : { holder }),
      statuses: (peer) => statuses.get(peer),
    };
  } catch (error) {
    return { status: { kind: 'unreachable', fault: toFault(error) }, statuses: none };
  }
}

function standings(
  { peers }: StatusRequest,
  containers: ReadonlyMap<PeerName, Found>,
  statusOf: (peer: PeerName) => string | undefined,
): readonly PeerStanding[] {
  const placed = new Map(peers.map(({ peer, host }) => [peer, host]));
  const names = [...new Set([...placed.keys(), ...containers.keys()])].sort();
  return names.map((peer) => {
    const found = containers.get(peer);
    const host = found?.host ?? placed.get(peer);
    const status = statusOf(peer);
    return {
      peer,
      ...(host === undefined ? {} : { host }),
      ...(found === undefined ? {} : { container: pick(found.container) }),
      ...(status === undefined ? {} : { status }),
    };
  });
}

const pick = ({ state, exitCode }: ObservedContainer): NonNullable<PeerStanding['container']> => ({
  state,
  ...(exitCode === undefined ? {} : { exitCode }),
});
