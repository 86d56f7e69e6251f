/** One snapshot of reality, read from the hosts, the control machine's engine and Redis; nothing here was changed by reading it. */
import type { DesiredRedis } from './desired.ts';
import type { Fault } from './fault.ts';
import type { Labels } from './labels.ts';
import type { HostName, ImageRef, PeerName, RunId, TestName } from './names.ts';

export interface Observed {
  /** By host entry, in file order. */
  readonly hosts: readonly ObservedHost[];
  readonly control: ObservedControl;
  readonly redis: ObservedRedis;
  /** A managed Redis of another kind that the test had before its config was changed, and that still stands. */
  readonly formerRedis?: FormerRedis;
  /** Runs of this test whose timeline has begun: their containers are used up. When, in ISO 8601, where it is known. */
  readonly usedRuns: readonly UsedRun[];
  /** Peers that run but have never reported a status to this Redis; empty where that was not asked. */
  readonly silentPeers?: readonly PeerName[];
}

export interface FormerRedis {
  readonly redis: Exclude<DesiredRedis, { kind: 'external' }>;
  /** Why it cannot be told whether it stands. */
  readonly unasked?: Fault;
}

export interface UsedRun {
  readonly run: RunId;
  readonly at?: string;
}

export type ObservedHost =
  | {
      readonly kind: 'reachable';
      readonly host: HostName;
      /** Identity of the engine: two entries with the same id are the same machine. */
      readonly engine: string;
      readonly platform: Platform;
      /** The address at which peers there reach this control machine; undefined where it cannot be told (a jump host). */
      readonly controlAddress?: string;
      /** How other hosts reach this one. */
      readonly hostAddress: string;
      readonly containers: readonly ObservedContainer[];
      /** The images that the test asks for and that are there. */
      readonly images: readonly ObservedImage[];
      /** Chains of layer diff ids of every image there (each chain bottom first): what need not be sent. */
      readonly layerChains: readonly (readonly string[])[];
    }
  | { readonly kind: 'unreachable'; readonly host: HostName; readonly fault: Fault }
  /** Nothing was asked (`--offline`). */
  | { readonly kind: 'unknown'; readonly host: HostName };

export interface Platform {
  /** As Docker says it: `linux`. */
  readonly os: string;
  /** As Docker says it for images: `amd64`, `arm64`, … */
  readonly architecture: string;
}

export interface ObservedContainer {
  /** The engine's id (for a process, its pid and start time). */
  readonly id: string;
  readonly name: string;
  /** Undefined: somebody else's. */
  readonly labels?: Labels;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead';
  /** As given when it was made. */
  readonly image?: string;
  /** Identity of the image it was made from; undefined where it cannot be told. */
  readonly imageIdentity?: string;
  readonly exitCode?: number;
}

export interface ObservedImage {
  readonly ref: ImageRef;
  /** Digest of the layer diff ids and the config: the same on every engine, unlike an image id. */
  readonly identity: string;
  /** Layer diff ids, bottom first. */
  readonly layers: readonly string[];
  readonly sizeBytes: number;
  /** Bytes of each layer, where the engine tells them; same order as `layers`. */
  readonly layerSizes?: readonly number[];
  readonly platform: Platform;
}

/** The control machine's own engine: where images come from and where a managed Redis container runs. */
export type ObservedControl =
  | {
      readonly kind: 'reachable';
      /** Identity of the engine, as a host's: a host entry with the same id is this machine, and nothing is sent to it. */
      readonly engine?: string;
      readonly images: readonly ObservedImage[];
    }
  | { readonly kind: 'unreachable'; readonly fault: Fault }
  | { readonly kind: 'unknown' };

export type ObservedRedis =
  | { readonly kind: 'absent' }
  /** It answers, with the password that we know. `instance` is the server's `run_id`. */
  | {
      readonly kind: 'ready';
      readonly instance: string;
      readonly version: string;
      /** Addresses that a managed one was started to listen on, besides the loopback address. */
      readonly listensOn?: readonly string[];
    }
  /** Ours by its label, but it does not answer or we no longer know its password; it must be made anew. */
  | { readonly kind: 'unusable'; readonly because: string }
  /** Something else stands in its place (name or port). */
  | { readonly kind: 'foreign'; readonly because: string; readonly test?: TestName }
  | { readonly kind: 'unreachable'; readonly fault: Fault }
  | { readonly kind: 'unknown' };
