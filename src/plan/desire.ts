import { dirname } from 'node:path';
import { byCodePoint } from '../lib/code-point-order.ts';
import type { Desired, DesiredImage, DesiredPeer, DesiredRedis, Workload } from '../model/desired.ts';
import { type HostName, type ImageRef, imageRef } from '../model/names.ts';
import type { HostSpec, PeerSpec, Spec } from '../model/spec.ts';
import { listenAddress, SYSTEM_ENVIRONMENT } from '../model/wire.ts';
import type { Placed } from './place.ts';

export interface DesireOptions {
  /** Set by `--redis-url`: the URL with its password redacted. It replaces the managed Redis. */
  readonly externalRedis?: { readonly display: string };
}

/** What should be there: every placed peer with its workload, the images with the hosts that need them, and the Redis. */
export function desire(spec: Spec, placed: readonly Placed[], options: DesireOptions = {}): Desired {
  const hosts = new Map(spec.hosts.map((host) => [host.name, host]));
  const specs = new Map(spec.peers.map((peer) => [peer.name, peer]));
  const peers = placed
    .flatMap((at): DesiredPeer[] => {
      const peer = specs.get(at.peer);
      const host = hosts.get(at.host);
      return peer === undefined || host === undefined
        ? []
        : [{ ...at, workload: workloadOf(peer, host, at.port, spec) }];
    })
    .sort((a, b) => byCodePoint(a.peer, b.peer));
  const redis = redisOf(spec, options);
  return { spec, redis, images: imagesOf(spec, peers, redis), peers };
}

function redisOf(spec: Spec, options: DesireOptions): DesiredRedis {
  if (options.externalRedis !== undefined) return { kind: 'external', display: options.externalRedis.display };
  const { runtime, port, auth } = spec.redis;
  return runtime.kind === 'docker'
    ? { kind: 'container', image: runtime.image, port, auth }
    : { kind: 'process', port, auth };
}

function workloadOf(peer: PeerSpec, host: HostSpec, port: number, spec: Spec): Workload {
  const environment = environmentOf(peer, host, port);
  if (host.runtime.kind === 'process') {
    return { kind: 'process', command: peer.command ?? [], workingDirectory: dirname(spec.file), environment };
  }
  return {
    kind: 'container',
    // Compiling refuses a Docker peer without an image; an empty reference, which no engine takes, is better than a guess.
    image: peer.image ?? imageRef(''),
    ...(peer.command === undefined ? {} : { command: peer.command }),
    environment,
    ports: peer.ports,
    volumes: peer.volumes,
    ...(peer.memoryBytes === undefined ? {} : { memoryBytes: peer.memoryBytes }),
    ...(peer.cpus === undefined ? {} : { cpus: peer.cpus }),
  };
}

function environmentOf(peer: PeerSpec, host: HostSpec, port: number): Record<string, string> {
  const reserved: readonly string[] = SYSTEM_ENVIRONMENT;
  const own = Object.entries(peer.environment).filter(([name]) => !reserved.includes(name));
  return {
    ...Object.fromEntries(own),
    PEER_NAME: peer.name,
    LISTEN_ADDR: listenAddress(port),
    HOST_NAME: host.name,
  };
}

function imagesOf(spec: Spec, peers: readonly DesiredPeer[], redis: DesiredRedis): readonly DesiredImage[] {
  const needed = new Map<ImageRef, Set<HostName>>(spec.images.map((ref) => [ref, new Set()]));
  if (redis.kind === 'container' && !needed.has(redis.image)) needed.set(redis.image, new Set());
  for (const { host, workload } of peers) {
    if (workload.kind !== 'container') continue;
    needed.set(workload.image, (needed.get(workload.image) ?? new Set()).add(host));
  }
  return [...needed]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([ref, on]) => ({
      ref,
      hosts: spec.hosts.map((host) => host.name).filter((host) => on.has(host)),
      onControl: redis.kind === 'container' && redis.image === ref,
    }));
}
