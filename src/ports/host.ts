import type { HostName } from '../model/names.ts';
import type { Platform } from '../model/observed.ts';
import type { HostSpec } from '../model/spec.ts';
import type { Containers } from './containers.ts';
import type { Courier, Images } from './images.ts';

/** How far a host's wall clock is ahead of ours, and by how much that may be wrong. Milliseconds. */
export interface ClockOffset {
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
}

/** An open connection to one host. */
export interface Host extends AsyncDisposable {
  readonly name: HostName;
  /** Identity of its engine; two entries with the same id are the same machine. */
  readonly engine: string;
  readonly platform: Platform;
  /** `Docker 20.10.24`, `processes`. */
  readonly description: string;
  /** The address at which peers there reach this machine; undefined where it cannot be told. */
  readonly controlAddress?: string;
  /** How other hosts reach this one. */
  readonly hostAddress: string;
  readonly containers: Containers;
  /** Undefined where peers are processes. */
  readonly images?: Images;
  /** Compares its wall clock with ours; undefined where it does not tell the time. Takes a few round trips. Throws as `containers` does. */
  clock(signal: AbortSignal): Promise<ClockOffset | undefined>;
}

/** The control machine's own engine. */
export interface ControlEngine extends AsyncDisposable {
  /** Identity of the engine, as a host's: a host entry with the same id is this machine, and nothing is sent to it. */
  readonly engine: string;
  readonly description: string;
  readonly images: Images;
  readonly courier: Courier;
}

/** Opens connections. A fault is a `TmError` of kind `unreachable` or `host-key`, and names the host. */
export interface Hosts {
  connect(host: HostSpec, signal: AbortSignal): Promise<Host>;
  /** The local engine, through `DOCKER_HOST` or its usual socket. */
  control(signal: AbortSignal): Promise<ControlEngine>;
}
