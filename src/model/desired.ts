/** What should be there: the spec with every peer placed on a host and every default decided. Pure data, no secrets. */
import type { HostName, ImageRef, PeerName } from './names.ts';
import type { PortSpec, Spec, VolumeSpec } from './spec.ts';

export interface Desired {
  readonly spec: Spec;
  readonly redis: DesiredRedis;
  /** Each image that any host needs, with those hosts; by code point. */
  readonly images: readonly DesiredImage[];
  /** Sorted by peer name. */
  readonly peers: readonly DesiredPeer[];
}

export type DesiredRedis =
  | { readonly kind: 'external' /** URL with the password redacted. */; readonly display: string }
  | { readonly kind: 'container'; readonly image: ImageRef; readonly port: number; readonly auth: 'generated' | 'none' }
  | { readonly kind: 'process'; readonly port: number; readonly auth: 'generated' | 'none' };

export interface DesiredImage {
  readonly ref: ImageRef;
  /** Hosts whose peers run it, in file order; empty for an image that is only listed, or only Redis's. */
  readonly hosts: readonly HostName[];
  /** Whether the control machine's own engine runs it (the managed Redis). */
  readonly onControl: boolean;
}

export interface DesiredPeer {
  readonly peer: PeerName;
  readonly host: HostName;
  /** UDP port that it listens on, and that is published on the host. */
  readonly port: number;
  readonly workload: Workload;
}

/** What runs: a container or a local process. `environment` has all but REDIS_URL, HOST_ADDR and TM_RUN_ID, which are known only to a run. */
export type Workload =
  | {
      readonly kind: 'container';
      readonly image: ImageRef;
      readonly command?: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly ports: readonly PortSpec[];
      readonly volumes: readonly VolumeSpec[];
      readonly memoryBytes?: number;
      readonly cpus?: number;
    }
  | {
      readonly kind: 'process';
      /** Program and arguments; a relative program or path is meant from the config file's directory. */
      readonly command: readonly string[];
      readonly workingDirectory: string;
      readonly environment: Readonly<Record<string, string>>;
    };
