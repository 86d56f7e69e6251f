/** The labels that say what is ours and what it should be. They are written with the resource, so they survive any crash of tm. */
import type { HostName, PeerName, RunId, TestName } from './names.ts';

export const LABEL = {
  test: 'io.the-mule.test',
  run: 'io.the-mule.run',
  peer: 'io.the-mule.peer',
  host: 'io.the-mule.host',
  spec: 'io.the-mule.spec',
  redis: 'io.the-mule.redis',
} as const;

/** What our labels say of a resource. */
export interface Labels {
  readonly test: TestName;
  readonly run: RunId;
  /** Missing on the managed Redis. */
  readonly peer?: PeerName;
  /** The host entry that the peer was placed on (two entries may share one engine). */
  readonly host: HostName;
  /** Digest of what was desired when it was made; secrets and the run are left out of it. */
  readonly spec: string;
  /** The Redis instance (its `run_id`) that a peer was started against. */
  readonly redis: string;
}

/** Labels as the engine stores them. */
export function toLabelMap(labels: Labels): Record<string, string> {
  return {
    [LABEL.test]: labels.test,
    [LABEL.run]: labels.run,
    ...(labels.peer === undefined ? {} : { [LABEL.peer]: labels.peer }),
    [LABEL.host]: labels.host,
    [LABEL.spec]: labels.spec,
    [LABEL.redis]: labels.redis,
  };
}

/** The `spec` of the managed Redis: the addresses that it listens on, by which a later run knows whether its hosts reach it. */
export const redisSpec = (addresses: readonly string[]): string => `listen=${addresses.join(',')}`;

/** Those addresses; undefined for a label that does not say them. */
export function redisAddresses(spec: string): readonly string[] | undefined {
  return spec.startsWith('listen=')
    ? spec
        .slice('listen='.length)
        .split(',')
        .filter((address) => address !== '')
    : undefined;
}

/** Our labels in an engine's map, or undefined where the resource is not ours. */
export function fromLabelMap(map: Readonly<Record<string, string | undefined>>): Labels | undefined {
  const test = map[LABEL.test];
  if (test === undefined) return undefined;
  const peer = map[LABEL.peer];
  return {
    test: test as TestName,
    run: (map[LABEL.run] ?? '') as RunId,
    ...(peer === undefined ? {} : { peer: peer as PeerName }),
    host: (map[LABEL.host] ?? '') as HostName,
    spec: map[LABEL.spec] ?? '',
    redis: map[LABEL.redis] ?? '',
  };
}

/** A label as an environment variable, for local processes, which have no labels: `io.the-mule.test` → `IO_THE_MULE_TEST`. */
export const labelVariable = (label: string): string => label.toUpperCase().replace(/[^A-Z0-9]/g, '_');
