import type { Secret } from '../lib/secret.ts';
import type { Workload } from '../model/desired.ts';
import type { Labels } from '../model/labels.ts';
import type { PeerName } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { PortSpec } from '../model/spec.ts';

/** What to run. Names and environment reach the engine as data, never through a shell. */
export interface ContainerOrder {
  /** Name of the container: `tm-alice`. */
  readonly name: string;
  readonly peer: PeerName;
  readonly labels: Labels;
  readonly workload: Workload;
  /** The peer's own UDP port, published as itself. */
  readonly port: number;
  /** Variables known only to the run; they win over the workload's. Secret values stay out of everything but the environment. */
  readonly runEnvironment: Readonly<Record<string, string | Secret>>;
}

/** A container or process that has ended. */
export interface ContainerExit {
  readonly id: string;
  readonly name: string;
  readonly labels?: Labels;
  /** Undefined where the system no longer knows it. 128+n for signal n, as shells count. */
  readonly exitCode?: number;
  readonly oomKilled: boolean;
}

/** What an engine says of one container, in its own words: plain JSON for people. */
export type Inspection = Readonly<Record<string, unknown>>;

/**
 * The peers of one host: containers of its engine, or local processes. Every method throws `TmError`
 * (`unreachable` for transport faults, `conflict` for a name that is somebody else's, else `failed`) and ends early with the signal.
 */
export interface Containers {
  /** Every container whose name begins with `tm-` or that has our labels, of any test, in any state; sorted by name. */
  list(signal: AbortSignal): Promise<readonly ObservedContainer[]>;
  /** Creates and starts it, and gives its engine id. What was created stays, labelled, when the start fails. */
  run(order: ContainerOrder, signal: AbortSignal): Promise<string>;
  /** Starts an ended one again, as it was made. */
  restart(id: string, signal: AbortSignal): Promise<void>;
  /** Ends it (SIGTERM, after `graceMs` SIGKILL) and removes it with its empty `/config` directory. Does nothing where it is gone already. */
  remove(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /**
   * Ends of our containers from the moment that the returned promise resolves; the iteration ends with the signal and throws
   * `unreachable` when the connection is lost for good.
   */
  exits(signal: AbortSignal): Promise<AsyncIterable<ContainerExit>>;
  /** The whole of stdout and stderr so far, in order, or the last `tailLines` lines of it. */
  output(id: string, options: { readonly tailLines?: number }, signal: AbortSignal): AsyncIterable<string>;
  /**
   * All that the engine knows of it, state and exit code included; undefined where it is gone. Variables that are named like secrets, and
   * passwords in URLs, are left out; what else a secret may stand in is the caller's to look for.
   */
  inspect(id: string, signal: AbortSignal): Promise<Inspection | undefined>;
  /** Seconds that an ended peer wrote to `DELAY_FILE`, if any. */
  restartDelay(id: string, signal: AbortSignal): Promise<number | undefined>;
}

/** Ports that a workload publishes, its own UDP port first. */
export function publishedPorts(order: Pick<ContainerOrder, 'port' | 'workload'>): readonly PortSpec[] {
  const own: PortSpec = { hostPort: order.port, containerPort: order.port, protocol: 'udp' };
  return order.workload.kind === 'container' ? [own, ...order.workload.ports] : [own];
}
