/** Small worlds for the planner's tests: everything has a default, and a test says only what it is about. */
import type { Desired } from '../../src/model/desired.ts';
import { hostName, type ImageRef, imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { Observed, ObservedContainer, ObservedHost, ObservedImage, Platform } from '../../src/model/observed.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { CommandSpec, HostSpec, PeerSpec, Spec } from '../../src/model/spec.ts';
import { desire } from '../../src/plan/desire.ts';
import { diff } from '../../src/plan/diff.ts';
import type { PeerAddresses } from '../../src/plan/diff-peers.ts';
import { place } from '../../src/plan/place.ts';

export const NODE = imageRef('acme/node:1.4');
export const REDIS = imageRef('redis:7');
export const RUN = runId('smoke-2026-01-02-10-00-00');
const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

export function aHost(name: string, overrides: Partial<HostSpec> = {}): HostSpec {
  return {
    name: hostName(name),
    address: `${name}.example`,
    connection: { kind: 'ssh' },
    runtime: { kind: 'docker' },
    basePort: 11984,
    tags: [],
    ...overrides,
  };
}

export function aPeer(name: string, overrides: Partial<PeerSpec> = {}): PeerSpec {
  return {
    name: peerName(name),
    image: NODE,
    bootstrap: [],
    environment: {},
    runsOn: [],
    ports: [],
    volumes: [],
    ...overrides,
  };
}

export function aCommand(atMs: number, peer: string, command: string): CommandSpec {
  return { atMs, peer: peerName(peer), command, line: 1 };
}

export function aSpec(overrides: Partial<Spec> = {}): Spec {
  return {
    test: testName('smoke'),
    file: '/home/me/tests/smoke.yaml',
    timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
    redis: { runtime: { kind: 'docker', image: REDIS }, port: 6399, auth: 'generated' },
    images: [],
    removeImages: false,
    hosts: [aHost('host-0'), aHost('host-1')],
    peers: [aPeer('alice'), aPeer('bob')],
    commands: [],
    expectations: [],
    vars: {},
    logLevel: 'info',
    ...overrides,
  };
}

/** The desired state of a spec that can be placed. */
export function desiredOf(spec: Spec, externalRedis?: string): Desired {
  const placement = place(spec);
  if (placement.kind !== 'placed') throw new Error(placement.groups.map(({ message }) => message).join('; '));
  return desire(
    spec,
    placement.peers,
    externalRedis === undefined ? {} : { externalRedis: { display: externalRedis } },
  );
}

/** An image whose content is decided by its layers; each is 10 MB. */
export function anImage(ref: string, layers: readonly string[], platform: Platform = AMD64): ObservedImage {
  return {
    ref: imageRef(ref),
    identity: `${platform.architecture}:${layers.join('+')}`,
    layers,
    layerSizes: layers.map(() => 10_000_000),
    sizeBytes: layers.length * 10_000_000,
    platform,
  };
}

export type Reachable = Extract<ObservedHost, { kind: 'reachable' }>;

export function aReachable(name: string, overrides: Partial<Reachable> = {}): Reachable {
  return {
    kind: 'reachable',
    host: hostName(name),
    engine: `engine-of-${name}`,
    platform: AMD64,
    controlAddress: '192.0.2.1',
    hostAddress: `${name}.example`,
    containers: [],
    images: [],
    layerChains: [],
    ...overrides,
  };
}

/** Hosts with nothing on them, a control machine with the images, no Redis. */
export function emptyWorld(spec: Spec, images: readonly ObservedImage[] = IMAGES): Observed {
  return {
    hosts: spec.hosts.map((host) => aReachable(host.name)),
    control: { kind: 'reachable', engine: 'engine-of-control', images },
    redis: { kind: 'absent' },
    usedRuns: [],
  };
}

export const IMAGES: readonly ObservedImage[] = [
  anImage(NODE, ['base', 'libs', 'node-1.4']),
  anImage(REDIS, ['base', 'redis']),
];

/** Somebody else's container. */
export function aForeign(name: string): ObservedContainer {
  return { id: `foreign-${name}`, name, state: 'running', image: 'postgres:16', imageIdentity: 'amd64:postgres' };
}

/** The addresses that peers get in such a world. */
export function addressesIn(observed: Observed, port = 6399): PeerAddresses {
  const reachable = observed.hosts.filter((host) => host.kind === 'reachable');
  return {
    redis: new Map(
      reachable.flatMap((h) => (h.controlAddress === undefined ? [] : [[h.host, `${h.controlAddress}:${port}`]])),
    ),
    host: new Map(reachable.map((host) => [host.host, host.hostAddress])),
  };
}

export function planOf(desired: Desired, observed: Observed): Plan {
  return diff(desired, observed, addressesIn(observed, desired.spec.redis.port));
}

/** A plan's decisions as text, a line a change and a line a step, for snapshots. */
export function textOf(plan: Plan): string {
  const changes = plan.changes.map(({ kind, on, resource, because, forcedBy, transfer }) => {
    const name = resource.kind === 'image' ? resource.ref : resource.name;
    const forced = forcedBy.length === 0 ? '' : ` [${forcedBy.join(', ')}]`;
    const sent = transfer === undefined ? '' : ` (${transfer.bytes / 1e6} of ${transfer.totalBytes / 1e6} MB)`;
    return `${kind} ${on} ${resource.kind} ${name}: ${because}${forced}${sent}`;
  });
  const steps = plan.steps.map(({ id, after }) => (after.length === 0 ? id : `${id} <- ${after.join(' ')}`));
  const resumes = plan.resumes === undefined ? [] : [`resumes ${plan.resumes}`];
  return [...resumes, ...changes, '--', ...steps].join('\n');
}

export const refs = (...names: readonly string[]): readonly ImageRef[] => names.map(imageRef);
