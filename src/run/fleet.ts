import { disposeQuietly } from '../lib/dispose-quietly.ts';
import type { Fault } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import type { HostName } from '../model/names.ts';
import type { HostSpec } from '../model/spec.ts';
import type { ControlEngine, Host, Hosts } from '../ports/host.ts';

/** The open connections of a run: each host, and the control machine's engine where the test needs one. */
export class Fleet implements AsyncDisposable {
  readonly hosts = new Map<HostName, Host>();
  readonly faults = new Map<HostName, Fault>();
  control: ControlEngine | undefined;
  controlFault: Fault | undefined;

  /** Connects to everything at once. A host that cannot be reached is kept as its fault; this never rejects for one. */
  async open(
    ports: Hosts,
    specs: readonly HostSpec[],
    options: { readonly control: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const hosts = specs.map(async (spec) => {
      try {
        this.hosts.set(spec.name, await ports.connect(spec, signal));
      } catch (error) {
        this.faults.set(spec.name, toFault(error));
      }
    });
    const control = async () => {
      try {
        this.control = await ports.control(signal);
      } catch (error) {
        this.controlFault = toFault(error);
      }
    };
    await Promise.all([...hosts, ...(options.control ? [control()] : [])]);
  }

  /** The connection to a host that is known to be open. */
  host(name: HostName): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no connection to ${name}`);
    return host;
  }

  /** One connection for each engine: two entries on the same machine would show everything twice. */
  engines(): readonly Host[] {
    return [...new Map([...this.hosts.values()].reverse().map((host) => [host.engine, host])).values()].reverse();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.hosts.values(), this.control];
    this.hosts.clear();
    this.control = undefined;
    await disposeQuietly(...open);
  }
}

/** Whether a test needs an engine on the control machine. */
export function needsControl(
  specs: readonly HostSpec[],
  images: number,
  redis: 'external' | 'container' | 'process',
): boolean {
  return redis === 'container' || images > 0 || specs.some((spec) => spec.runtime.kind === 'docker');
}
