import type { Desired } from '../../src/model/desired.ts';
import type { HostName } from '../../src/model/names.ts';
import { hostName, imageRef, peerName, testName } from '../../src/model/names.ts';
import type { HostSpec, PeerSpec, Spec } from '../../src/model/spec.ts';
import { desire } from '../../src/plan/desire.ts';
import { place } from '../../src/plan/place.ts';
import { PEER_IMAGE } from './simulated-world.ts';

/** What differs from one sample test to another. */
export interface SampleOptions {
  readonly hosts?: readonly HostName[];
  readonly peers?: readonly (string | (Partial<PeerSpec> & { readonly name: PeerSpec['name'] }))[];
  /** `[milliseconds, peer, command]`. */
  readonly commands?: readonly (readonly [number, string, string])[];
  readonly spec?: Partial<Spec>;
  readonly host?: Partial<HostSpec>;
}

export const HOSTS = [hostName('h1'), hostName('h2')];

/** A small test on Docker hosts in memory. */
export function sampleSpec(options: SampleOptions = {}): Spec {
  const peers = (options.peers ?? ['alice', 'bob', 'charlie']).map(
    (peer): PeerSpec => ({
      image: PEER_IMAGE,
      bootstrap: [],
      environment: {},
      runsOn: [],
      ports: [],
      volumes: [],
      ...(typeof peer === 'string' ? { name: peerName(peer) } : peer),
    }),
  );
  const commands = options.commands ?? peers.map(({ name }, index) => [index * 100, name, 'connect'] as const);
  return {
    test: testName('sample'),
    file: '/test/sample.yaml',
    timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
    redis: { runtime: { kind: 'docker', image: imageRef('redis:7') }, port: 6379, auth: 'generated' },
    images: [],
    removeImages: false,
    hosts: (options.hosts ?? HOSTS).map((name, index) => ({
      name,
      address: `${name}.test`,
      connection: { kind: 'ssh' },
      runtime: { kind: 'docker' },
      basePort: 11984 + 100 * index,
      tags: [],
      ...options.host,
    })),
    peers,
    commands: commands.map(([atMs, peer, command], index) => ({
      atMs,
      peer: peerName(peer),
      command,
      line: index + 1,
    })),
    expectations: [],
    vars: {},
    logLevel: 'info',
    ...options.spec,
  };
}

/** The sample, placed. */
export function sampleDesired(options: SampleOptions = {}): Desired {
  const spec = sampleSpec(options);
  const placement = place(spec);
  if (placement.kind !== 'placed') throw new Error('the sample cannot be placed');
  return desire(spec, placement.peers);
}
