/** What stands of a test at one moment, read from its hosts and its Redis. */
import type { Fault, LockHolder } from './fault.ts';
import type { HostName, PeerName, TestName } from './names.ts';
import type { ObservedContainer } from './observed.ts';

export interface TestStatus {
  readonly test: TestName;
  /** Of the test's lock: its run is under way. */
  readonly holder?: LockHolder;
  /** In file order. */
  readonly hosts: readonly HostStatus[];
  readonly redis: RedisStatus;
  /** By name: those of the config, and those whose containers stand on the hosts. */
  readonly peers: readonly PeerStanding[];
}

export type HostStatus =
  | {
      readonly kind: 'reachable';
      readonly host: HostName;
      readonly address: string;
      /** `Docker 20.10.24`, `processes`. */
      readonly engine: string;
      /** Containers or processes of this test. */
      readonly ours: number;
    }
  | { readonly kind: 'unreachable'; readonly host: HostName; readonly address: string; readonly fault: Fault };

export type RedisStatus =
  /** None is known to run: there is no run, or not yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'answers'; readonly version: string }
  | { readonly kind: 'unreachable'; readonly fault: Fault };

export interface PeerStanding {
  readonly peer: PeerName;
  /** Where its container stands, or else is to stand. */
  readonly host?: HostName;
  /** Missing: there is none, or its host cannot be reached. */
  readonly container?: Pick<ObservedContainer, 'state' | 'exitCode'>;
  /** As it stands in Redis. */
  readonly status?: string;
}
