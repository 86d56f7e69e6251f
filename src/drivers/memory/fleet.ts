import type { HostName, ImageRef } from '../../model/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClockOffset } from '../../ports/host.ts';
import type { MemoryContainer, MemoryEngine, MemoryImage } from './engine.ts';

/** One call of a port, for the hook that may make it fail or wait. */
export interface MemoryOperation {
  /** The port's method: `containers.run`, `images.find`, `courier.send`, `hosts.connect`, … */
  readonly name: string;
  /** The engine's id; for `hosts.connect` the host's name. */
  readonly engine: string;
  /** The container's name or id, or the image, where the call has one. */
  readonly subject: string;
  /** `before` anything was done; `after`: it was done, and a throw now is an answer that was lost. */
  readonly moment: 'before' | 'after';
}

/** A container that has just been started: what a simulated peer can see and do. */
export interface MemoryProcess {
  readonly engine: MemoryEngine;
  readonly container: MemoryContainer;
  /** All of its variables, secrets revealed. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it; does nothing once it has ended or was started again. */
  exit(exitCode: number, options?: { readonly oomKilled?: boolean }): void;
  /** Writes to its output. */
  write(text: string): void;
  /** Writes its DELAY_FILE. */
  setRestartDelay(seconds: number): void;
}

/** How a simulation takes part. None of them may read a real clock. */
export interface MemoryHooks {
  /** Asked before and after every call of every port; may throw a TmError, or wait on the fleet's clock. */
  readonly interfere?: (operation: MemoryOperation, signal: AbortSignal) => void | Promise<void>;
  /** A container began to run (also when it is restarted). */
  readonly onStart?: (process: MemoryProcess) => void;
  /** It was sent SIGTERM. An exit code ends it with that code; undefined: it goes on until its grace is over. */
  readonly onTerminate?: (process: MemoryProcess) => number | undefined;
  /** It has ended, however. */
  readonly onEnd?: (container: MemoryContainer, engine: MemoryEngine) => void;
}

/** Where a host entry leads. */
interface MemoryHost {
  readonly engine: MemoryEngine;
  /** Default: `10.0.0.1`; null where it cannot be told. */
  readonly controlAddress?: string | null;
  /** Default: the address of the host entry. */
  readonly hostAddress?: string;
  /** How far its clock is off; undefined: it does not tell the time. */
  readonly clock?: ClockOffset;
}

/** Everything that exists in a simulation: shared by all memory drivers, and open to the test that plays with it. */
export interface MemoryFleet {
  readonly clock: Clock;
  /** By host entry; two entries may lead to one engine. A host that is missing cannot be reached. */
  readonly hosts: Map<HostName, MemoryHost>;
  /** The control machine's own engine; undefined: there is none. */
  control: MemoryEngine | undefined;
  /** What `pull` finds. */
  readonly registry: Map<ImageRef, MemoryImage>;
  hooks: MemoryHooks;
}

/** An empty fleet on a clock. */
export function memoryFleet(clock: Clock, hooks: MemoryHooks = {}): MemoryFleet {
  return { clock, hosts: new Map(), control: undefined, registry: new Map(), hooks };
}

/** Runs one call of a port between its two hooks; ends early with the signal. */
export async function operate<T>(
  fleet: MemoryFleet,
  operation: Omit<MemoryOperation, 'moment'>,
  signal: AbortSignal,
  work: () => T | Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  await fleet.hooks.interfere?.({ ...operation, moment: 'before' }, signal);
  signal.throwIfAborted();
  const result = await work();
  await fleet.hooks.interfere?.({ ...operation, moment: 'after' }, signal);
  return result;
}
