import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Platform } from '../../model/observed.ts';
import type { HostSpec } from '../../model/spec.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Containers } from '../../ports/containers.ts';
import type { Host } from '../../ports/host.ts';
import { createSystemClock } from '../system-clock.ts';
import { machineId } from './machine-id.ts';
import { createProcesses } from './processes.ts';

export interface ProcessHostOptions {
  /** Where the files of processes are kept, such as `.tm/processes`; made, mode 0700, when the first one runs. */
  readonly directory: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: tm's own environment, of which processes get a few general variables (PATH, HOME, …). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** This machine as a host whose peers are local processes. Closing it ends its watches; the processes go on. */
export async function connectProcessHost(spec: HostSpec, options: ProcessHostOptions): Promise<Host> {
  const closing = new AbortController();
  const processes = createProcesses({
    host: spec.name,
    root: resolve(options.directory),
    clock: options.clock ?? createSystemClock(),
    environment: options.environment ?? process.env,
  });
  const containers: Containers = {
    ...processes,
    exits: (signal) => processes.exits(AbortSignal.any([signal, closing.signal])),
  };
  return {
    name: spec.name,
    engine: `processes:${await machineId()}`,
    platform: platform(),
    description: `processes on ${hostname()}`,
    controlAddress: '127.0.0.1',
    hostAddress: '127.0.0.1',
    containers,
    // It is this machine.
    clock: async () => ({ aheadMs: 0, uncertaintyMs: 0 }),
    [Symbol.asyncDispose]: async () => closing.abort(),
  };
}

/** What Node calls by other names than Docker does. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
};

function platform(): Platform {
  return { os: process.platform, architecture: ARCHITECTURES[process.arch] ?? process.arch };
}
