import { Secret } from '../lib/secret.ts';
import type { HostName } from '../model/names.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { RedisSpec } from '../model/spec.ts';

/** The addresses that peers are given, each as seen from the peer's own host. */
export interface Addresses {
  /** `host:port` of Redis for REDIS_URL; undefined where the host was not asked, or its route to us cannot be told. */
  readonly redis: ReadonlyMap<HostName, string>;
  /** HOST_ADDR: how the other hosts reach this one. */
  readonly host: ReadonlyMap<HostName, string>;
}

/**
 * Decides which of our addresses each host's peers use. A managed Redis is reached at our end of the host's own connection,
 * unless `advertise` says otherwise. An external Redis is reached as its URL says, but `localhost` in it means this machine.
 */
export function addressesOf(
  hosts: readonly ObservedHost[],
  redis: { readonly kind: 'managed'; readonly spec: RedisSpec } | { readonly kind: 'external'; readonly url: string },
): Addresses {
  const redisByHost = new Map<HostName, string>();
  const hostByName = new Map<HostName, string>();
  // Two local entries reach each other by loopback; as soon as another machine or a container network is in play they need an address of ours.
  const shared = hosts
    .map((host) => (host.kind === 'reachable' ? host.controlAddress : undefined))
    .find((address) => address !== undefined && !isLoopback(address));
  for (const host of hosts) {
    if (host.kind !== 'reachable') continue;
    const address = redisAddress(host.controlAddress, redis);
    if (address !== undefined) redisByHost.set(host.host, address);
    hostByName.set(host.host, isLoopback(host.hostAddress) ? (shared ?? host.hostAddress) : host.hostAddress);
  }
  return { redis: redisByHost, host: hostByName };
}

function redisAddress(control: string | undefined, redis: Parameters<typeof addressesOf>[1]): string | undefined {
  if (redis.kind === 'managed') {
    const { advertise, port } = redis.spec;
    if (advertise !== undefined)
      return /^(\[.*\]|[^:]*):\d+$/.test(advertise) ? advertise : `${bracketed(advertise)}:${port}`;
    return control === undefined ? undefined : `${bracketed(control)}:${port}`;
  }
  const url = new URL(redis.url);
  const port = url.port === '' ? '6379' : url.port;
  if (!isLoopback(url.hostname)) return `${url.hostname}:${port}`;
  return control === undefined ? undefined : `${bracketed(control)}:${port}`;
}

/** Where the control machine reaches the Redis that it runs itself. */
export function managedUrl(port: number, password: Secret | undefined): Secret {
  return new Secret(`redis://${password === undefined ? '' : `default:${password.reveal()}@`}127.0.0.1:${port}/0`);
}

/** The URL for a peer: the one that tm itself uses, at the address seen from the peer's host. */
export function redisUrlAt(url: string, address: string): string {
  const moved = new URL(url);
  moved.host = address;
  return moved.toString();
}

/** Our addresses that a managed Redis must listen on; `0.0.0.0` where a person advertised one that may not be ours. */
export function bindAddresses(hosts: readonly ObservedHost[], spec: RedisSpec): readonly string[] {
  if (spec.advertise !== undefined) return ['0.0.0.0'];
  const controls = hosts.flatMap((host) =>
    host.kind === 'reachable' && host.controlAddress !== undefined && !isLoopback(host.controlAddress)
      ? [host.controlAddress]
      : [],
  );
  return [...new Set(controls)].sort();
}

/** Whether an address or name means the machine itself. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address === '[::1]' || /^127\./.test(address);
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
