import type { Desired } from '../model/desired.ts';
import { containerName, type HostName, type ImageRef } from '../model/names.ts';
import type { Observed } from '../model/observed.ts';
import type { Change, Plan } from '../model/plan.ts';
import { ambiguousImages } from './ambiguous-images.ts';
import { diffImages, type ImagesDecision } from './diff-images.ts';
import { diffPeers, type PeerAddresses, type PeerDecision } from './diff-peers.ts';
import { diffRedis } from './diff-redis.ts';
import { removeFormerRedis } from './former-redis.ts';
import { imageSource } from './image-source.ts';
import { type Machine, machinesOf } from './machines.ts';
import { type Draft, order } from './order.ts';
import { entryOf, type Orphan, orphans } from './orphans.ts';
import { redisRoutes } from './redis-routes.ts';
import { timelineOf } from './timeline.ts';
import { warningsOf } from './warnings.ts';

/**
 * What turns `observed` into `desired`, as changes for people and steps for the walk. Synchronous, deterministic and total: equal inputs
 * give an equal plan, a host that was not asked counts as empty, and what is not ours is a conflict that no step touches.
 */
export function diff(desired: Desired, observed: Observed, addresses: PeerAddresses): Plan {
  const hosts = desired.spec.hosts.map(({ name }) => name);
  const machines = machinesOf(hosts, observed);
  const redis = diffRedis(desired.redis, observed);
  const formerRedis = removeFormerRedis(desired, observed);
  const listed = new Set(desired.spec.images);
  const context = { control: observed.control, machines, listed, redisStarts: redis.start };
  const sources = new Map(desired.images.map((image) => [image.ref, imageSource(image, context)]));

  const { peers, resumes } = diffPeers({
    desired,
    machines,
    sources,
    redis: redis.standing,
    usedRuns: observed.usedRuns,
    silentPeers: new Set(observed.silentPeers),
    addresses,
  });
  const made = peers.filter(isMade);
  const redisImage = desired.redis.kind === 'container' && redis.start ? [desired.redis.image] : [];
  const images = diffImages({
    images: desired.images,
    sources,
    machines,
    made: new Set([...imagesOf(made), ...redisImage]),
    kept: new Set(imagesOf(peers.filter((peer) => !isMade(peer)))),
  });
  const gone = orphans(desired, machines);

  const pull = redisImage.flatMap((ref) => images.arrivals.get('control')?.get(ref) ?? []);
  const drafts: readonly Draft[] = [
    ...images.drafts,
    ...inFileOrder(hosts, [...peers.flatMap((peer) => removals(peer, machines)), ...gone.map(removal)], draftHost),
    ...formerRedis.drafts,
    ...(redis.start ? [{ action: { kind: 'redis.start' }, because: redis.change.because, after: pull } as const] : []),
    ...prepare(made),
    ...inFileOrder(
      hosts,
      made.map((peer) => run(peer, images.arrivals)),
      draftHost,
    ),
  ];
  const changes: readonly Change[] = [
    ...images.changes,
    ...redisRoutes(desired, observed, addresses),
    ...peers.map(({ change }) => change),
    ...gone.map(({ change }) => change),
    ...formerRedis.changes,
    redis.change,
  ];
  return {
    intent: 'apply',
    test: desired.spec.test,
    ...(resumes === undefined ? {} : { resumes }),
    changes: inFileOrder(hosts, changes, ({ on }) => on),
    steps: order(drafts),
    timeline: timelineOf(desired.spec),
    warnings: warningsOf(observed, ambiguousImages(desired.images, sources, machines)),
  };
}

const isMade = ({ change }: PeerDecision): boolean => change.kind === 'add' || change.kind === 'replace';

const imagesOf = (peers: readonly PeerDecision[]): readonly ImageRef[] =>
  peers.flatMap(({ desired: { workload } }) => (workload.kind === 'container' ? [workload.image] : []));

/** Notifications are turned on and old keys deleted only for peers that are made: the others' words are still to be read. */
function prepare(made: readonly PeerDecision[]): readonly Draft[] {
  if (made.length === 0) return [];
  const peers = made.map(({ desired }) => desired.peer);
  return [
    { action: { kind: 'redis.prepare', peers }, because: 'what earlier peers of these names left must not be read' },
  ];
}

function removals({ desired, remove, change }: PeerDecision, machines: readonly Machine[]): readonly Draft[] {
  const machine = machines.find(({ entries }) => entries.includes(desired.host));
  if (machine === undefined) return [];
  return remove.map((actual) => removal({ actual, on: entryOf(actual, machine), change }));
}

const removal = ({ actual, on, change }: Orphan): Draft => ({
  action: { kind: 'peer.remove', on, name: actual.name, id: actual.id },
  because: change.because,
});

function run({ desired, label, change }: PeerDecision, arrivals: ImagesDecision['arrivals']): Draft {
  const { peer, host, port, workload } = desired;
  const arrival = workload.kind === 'container' ? arrivals.get(host)?.get(workload.image) : undefined;
  return {
    action: { kind: 'peer.run', on: host, peer, name: containerName(peer), port, workload, spec: label },
    because: change.because,
    after: arrival === undefined ? [] : [arrival],
  };
}

const draftHost = ({ action }: Draft): HostName | 'control' => ('on' in action ? action.on : 'control');

/** Stable: what is of one host stays as it was given. The control machine is last. */
function inFileOrder<T>(
  hosts: readonly HostName[],
  all: readonly T[],
  hostOf: (one: T) => HostName | 'control',
): readonly T[] {
  const rank = new Map<string, number>(hosts.map((host, index) => [host, index]));
  const rankOf = (one: T): number => rank.get(hostOf(one)) ?? hosts.length;
  return [...all].sort((a, b) => rankOf(a) - rankOf(b));
}
