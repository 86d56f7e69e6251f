import { TmError } from '../../model/fault.ts';
import type { HostSpec } from '../../model/spec.ts';
import type { ControlEngine, Host, Hosts } from '../../ports/host.ts';
import { MemoryContainers } from './containers.ts';
import { MemoryCourier } from './courier.ts';
import { type MemoryFleet, operate } from './fleet.ts';
import { MemoryImages } from './images.ts';

/** The port through which a run sees a fleet that exists only in memory. */
export function memoryHosts(fleet: MemoryFleet): Hosts {
  return {
    connect: (spec, signal) => connect(fleet, spec, signal),
    control: (signal) => control(fleet, signal),
  };
}

function connect(fleet: MemoryFleet, spec: HostSpec, signal: AbortSignal): Promise<Host> {
  return operate(fleet, { name: 'hosts.connect', engine: spec.name, subject: '' }, signal, () => {
    const host = fleet.hosts.get(spec.name);
    if (host === undefined) {
      const message = `${spec.name} (${spec.address}) cannot be reached`;
      throw new TmError({ kind: 'unreachable', what: 'host', host: spec.name, message });
    }
    const { engine, controlAddress = '10.0.0.1' } = host;
    const isProcess = spec.runtime.kind === 'process';
    return {
      name: spec.name,
      engine: engine.id,
      platform: engine.platform,
      description: isProcess ? 'processes in memory' : 'Docker in memory',
      ...(controlAddress === null ? {} : { controlAddress }),
      hostAddress: host.hostAddress ?? spec.address,
      containers: new MemoryContainers(fleet, engine, spec.name),
      ...(isProcess ? {} : { images: new MemoryImages(fleet, engine) }),
      clock: (ending) =>
        operate(fleet, { name: 'hosts.clock', engine: engine.id, subject: spec.name }, ending, () => host.clock),
      [Symbol.asyncDispose]: async () => {},
    };
  });
}

function control(fleet: MemoryFleet, signal: AbortSignal): Promise<ControlEngine> {
  return operate(fleet, { name: 'hosts.control', engine: 'control', subject: '' }, signal, () => {
    const engine = fleet.control;
    if (engine === undefined) {
      const message = 'no Docker engine answers on this machine';
      throw new TmError({ kind: 'unreachable', what: 'docker', message, hint: 'start it: systemctl start docker' });
    }
    return {
      engine: engine.id,
      description: 'Docker in memory',
      images: new MemoryImages(fleet, engine),
      courier: new MemoryCourier(fleet, engine),
      [Symbol.asyncDispose]: async () => {},
    };
  });
}
