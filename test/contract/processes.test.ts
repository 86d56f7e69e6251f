import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryContainers } from '../../src/drivers/memory/containers.ts';
import { MemoryEngine } from '../../src/drivers/memory/engine.ts';
import { type MemoryProcess, memoryFleet } from '../../src/drivers/memory/fleet.ts';
import { createProcesses } from '../../src/drivers/process/processes.ts';
import { createSystemClock } from '../../src/drivers/system-clock.ts';
import { hostName } from '../../src/model/names.ts';
import type { Behaviour } from './containers.ts';
import { ownOf, type ProcessesRig, processesContract } from './processes-contract.ts';
import { scriptOf, shellWorkload } from './processes-shell.ts';

processesContract('of this machine', async (): Promise<ProcessesRig> => {
  const directory = await mkdtemp(join(tmpdir(), 'tm-processes-'));
  const connect = () =>
    ownOf(
      createProcesses({
        ...{ host: hostName('h1'), root: join(directory, 'processes') },
        ...{ clock: createSystemClock(), environment: process.env },
      }),
    );
  return {
    connect,
    workload: (behaviour) => shellWorkload(scriptOf(behaviour), directory),
    [Symbol.asyncDispose]: async () => {
      const processes = connect();
      const { signal } = new AbortController();
      await Promise.all((await processes.list(signal)).map(({ id }) => processes.remove(id, 0, signal)));
      await rm(directory, { recursive: true, force: true });
    },
  };
});

processesContract('in memory', async (): Promise<ProcessesRig> => {
  const clock = createSystemClock();
  const fleet = memoryFleet(clock, { onStart: play, onTerminate: (started) => behaviourOf(started).onTerm });
  const engine = new MemoryEngine({ id: 'engine' });
  return {
    connect: () => new MemoryContainers(fleet, engine, hostName('h1')),
    workload: (behaviour) => ({
      ...{ kind: 'process', workingDirectory: '/', environment: {} },
      command: [JSON.stringify(behaviour)],
    }),
    [Symbol.asyncDispose]: async () => {},
  };
});

function play(started: MemoryProcess): void {
  const { writes = [], shows, delay, exits } = behaviourOf(started);
  for (const line of writes) started.write(`${line}\n`);
  if (shows !== undefined) started.write(`${started.environment[shows]}\n`);
  if (delay !== undefined) started.setRestartDelay(Number(delay));
  if (exits !== undefined) started.exit(exits);
}

function behaviourOf({ container }: MemoryProcess): Behaviour {
  return JSON.parse(container.order?.workload.command?.[0] ?? '{}') as Behaviour;
}
