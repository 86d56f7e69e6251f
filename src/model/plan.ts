/**
 * The difference between what should be and what is: changes for people, steps for the walk. Plain JSON: it can be
 * shown, saved, compared and applied. It holds no secrets.
 */
import type { DesiredRedis, Workload } from './desired.ts';
import type { HostName, ImageRef, PeerName, RunId, TestName } from './names.ts';
import type { Timeline } from './timeline.ts';

export interface Plan {
  /** `apply` builds up, `teardown` removes. */
  readonly intent: 'apply' | 'teardown';
  readonly test: TestName;
  /** The run that its unused containers belong to; a new apply goes on with it. */
  readonly resumes?: RunId;
  /** By host in file order (control machine last), for people. */
  readonly changes: readonly Change[];
  /** A DAG; ids are unique, every `after` names an id of this list, dependencies come before dependants. */
  readonly steps: readonly Step[];
  readonly timeline: Timeline;
  /** Things worth a person's eye that stop nothing. */
  readonly warnings: readonly string[];
}

/** One line of `tm plan`. */
export interface Change {
  /** `add +`, `update ~`, `remove -`, `replace -/+`, `keep =`, `conflict !`. A conflict stops an apply. */
  readonly kind: 'add' | 'update' | 'remove' | 'replace' | 'keep' | 'conflict';
  /** Where; `control` is this machine. */
  readonly on: HostName | 'control';
  readonly resource:
    | { readonly kind: 'image'; readonly ref: ImageRef }
    | { readonly kind: 'container'; readonly name: string; readonly peer?: PeerName; readonly port?: number }
    | { readonly kind: 'process'; readonly name: string; readonly peer?: PeerName; readonly port?: number }
    | { readonly kind: 'redis'; readonly name: string; readonly port?: number };
  /** Why, for a person: `not there`, `image 1.3 → 1.4`, `went through a timeline at 14:02`. */
  readonly because: string;
  /** Attributes whose change forces it (`image`, `environment`, …); empty for most. */
  readonly forcedBy: readonly string[];
  /** For an image that is to be sent. */
  readonly transfer?: Transfer;
}

/** How much of an image has to go over the wire. Uncompressed bytes, as the engine counts them. */
export interface Transfer {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly missingLayers: number;
  readonly totalLayers: number;
}

export type StepId = string;

export interface Step {
  /** Stable and readable: `run:host-1:tm-alice`. */
  readonly id: StepId;
  readonly action: Action;
  readonly because: string;
  /** Steps that must have succeeded first. */
  readonly after: readonly StepId[];
}

/** What a step does. `run/perform.ts` is the one switch over it; no driver decides anything. */
export type Action =
  /** Fetch an image from its registry. `refresh`: it is here already; a registry that cannot be reached is only a warning. */
  | {
      readonly kind: 'image.pull';
      readonly on: HostName | 'control';
      readonly ref: ImageRef;
      readonly refresh: boolean;
    }
  /**
   * Stream an image from the control machine's engine to a host's; `have` are diff ids that need not go. `pulledFirst`: an earlier
   * step may bring another content, so `have` and `bytes` are guesses: compare again, and send nothing where the host has the same.
   */
  | {
      readonly kind: 'image.send';
      readonly on: HostName;
      readonly ref: ImageRef;
      readonly have: readonly string[];
      readonly bytes: number;
      readonly pulledFirst?: true;
    }
  | { readonly kind: 'image.remove'; readonly on: HostName | 'control'; readonly ref: ImageRef }
  /** Start the managed Redis and wait until it answers PING. */
  | { readonly kind: 'redis.start' }
  | { readonly kind: 'redis.remove' }
  /** Remove the managed Redis of another kind that the test had before its config was changed. */
  | { readonly kind: 'redis.remove-former'; readonly redis: Exclude<DesiredRedis, { kind: 'external' }> }
  /** Turn on notifications and delete `_command`, `_status` and `_log` of these peers. */
  | { readonly kind: 'redis.prepare'; readonly peers: readonly PeerName[] }
  | {
      readonly kind: 'peer.run';
      readonly on: HostName;
      readonly peer: PeerName;
      readonly name: string;
      readonly port: number;
      readonly workload: Workload;
      readonly spec: string;
    }
  /** Stop and remove one container or process, by its engine id. */
  | { readonly kind: 'peer.remove'; readonly on: HostName; readonly name: string; readonly id: string };

/** Counts for the closing line of `tm plan`. */
export interface PlanSummary {
  readonly add: number;
  readonly update: number;
  readonly replace: number;
  readonly remove: number;
  readonly conflicts: number;
  readonly bytesToSend: number;
}
