import { MemoryContainers } from '../../src/drivers/memory/containers.ts';
import { MemoryEngine } from '../../src/drivers/memory/engine.ts';
import { type MemoryProcess, memoryFleet } from '../../src/drivers/memory/fleet.ts';
import { endProcess } from '../../src/drivers/memory/process.ts';
import { hostName, imageRef } from '../../src/model/names.ts';
import { instantClock } from '../drivers/memory/instant-clock.ts';
import { type Behaviour, type ContainersRig, containersContract } from './containers.ts';

const image = imageRef('tm-test/base:1');

containersContract('an engine in memory', async (): Promise<ContainersRig> => {
  const fleet = memoryFleet(instantClock(), { onStart: play, onTerminate: (process) => behaviourOf(process).onTerm });
  const identity = 'identity-of-base';
  const platform = { os: 'linux', architecture: 'amd64' };
  const engine = new MemoryEngine({
    id: 'engine',
    images: [{ ref: image, identity, layers: ['layer'], sizeBytes: 1, platform }],
  });
  return {
    containers: new MemoryContainers(fleet, engine, hostName('h1')),
    imageIdentity: identity,
    workload: (behaviour) => ({
      ...{ kind: 'container', image, environment: {}, ports: [], volumes: [] },
      command: [JSON.stringify(behaviour)],
    }),
    addForeign: async (name) => void engine.foreign(name),
    clear: async () => {
      for (const container of engine.containers.values()) endProcess(fleet, engine, container, 137);
      engine.containers.clear();
    },
    [Symbol.asyncDispose]: async () => {},
  };
});

function play(process: MemoryProcess): void {
  const { writes = [], shows, delay, exits } = behaviourOf(process);
  for (const line of writes) process.write(`${line}\n`);
  if (shows !== undefined) process.write(`${process.environment[shows]}\n`);
  if (delay !== undefined) process.setRestartDelay(Number(delay));
  if (exits !== undefined) process.exit(exits);
}

function behaviourOf({ container }: MemoryProcess): Behaviour {
  const text = container.order?.workload.command?.[0];
  return text === undefined ? {} : (JSON.parse(text) as Behaviour);
}
