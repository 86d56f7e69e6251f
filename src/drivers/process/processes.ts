import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerOrder, Containers } from '../../ports/containers.ts';
import { fileFault } from '../store/file-fault.ts';
import { environmentOf } from './environment.ts';
import { ExitWatch } from './exit-watch.ts';
import { filesOf, type ProcessFiles } from './files.ts';
import { inspectionOf } from './inspection.ts';
import { markVariables } from './marks.ts';
import { type LocalProcess, observeProcesses } from './observe.ts';
import { makeDirectory, removeDirectory } from './process-directory.ts';
import { readProcessTable } from './process-table.ts';
import { findProgram } from './program.ts';
import { readOutput } from './read-output.ts';
import type { ProcessRecord } from './record.ts';
import { shareNext } from './share-next.ts';
import { stopProcess } from './stop.ts';
import { startSupervised } from './supervisor.ts';

/** Where and for whom local processes run. */
export interface ProcessesOptions {
  readonly host: HostName;
  /** Absolute path of the directory for their files. */
  readonly root: string;
  readonly clock: Clock;
  /** The environment of which they get a few general variables (PATH, HOME, …). */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Peers as local processes. All that is known of them is in their files and in their environment, so a later tm sees what this one does. */
export function createProcesses(options: ProcessesOptions): Containers {
  const { host, root, clock } = options;
  const readTable = shareNext(readProcessTable);
  const observe = shareNext(() => observeProcesses(root, readTable));
  const watches = new Set<ExitWatch>();

  const find = async (id: string, signal: AbortSignal): Promise<LocalProcess | undefined> => {
    signal.throwIfAborted();
    const found = (await observe()).find((one) => one.id === id);
    signal.throwIfAborted();
    return found;
  };

  const existing = async (id: string, signal: AbortSignal): Promise<LocalProcess> => {
    const found = await find(id, signal);
    if (found === undefined) throw new TmError({ kind: 'failed', host, message: `there is no process ${id} of ours` });
    return found;
  };

  const stop = ({ name, token, supervisor }: LocalProcess, graceMs: number, signal: AbortSignal): Promise<void> =>
    stopProcess({ host, name, token, supervisor: supervisor?.pid }, graceMs, { clock, readTable }, signal);

  /** Has those who listen here look at a process now: when it has begun, and before what tells of its end goes. */
  const show = async (name: string): Promise<void> => {
    for (const watch of watches) await watch.look(name);
  };

  const start = async (record: ProcessRecord, files: ProcessFiles, id?: string): Promise<string> => {
    const supervisor = await startSupervised(host, record, files, id);
    await show(record.name);
    return supervisor.id;
  };

  return {
    list: async (signal) => {
      signal.throwIfAborted();
      const all = await observe();
      signal.throwIfAborted();
      return all.map(asObserved);
    },

    run: async (order, signal) => {
      signal.throwIfAborted();
      const record = await recordOf(options, order);
      signal.throwIfAborted();
      const files = await makeDirectory(host, root, record);
      return start(record, files);
    },

    restart: async (id, signal) => {
      const one = await existing(id, signal);
      if (one.state === 'running') return;
      if (one.record === undefined)
        throw new TmError({ kind: 'failed', host, message: `the files of ${one.name} are gone` });
      // What the program left behind may hold its port.
      await stop(one, 0, signal);
      await show(one.name);
      await start(one.record, one.files, id);
    },

    remove: async (id, graceMs, signal) => {
      const one = await find(id, signal);
      if (one === undefined) return;
      if (one.record !== undefined) await markStopping(one);
      await stop(one, one.state === 'running' ? graceMs : 0, signal);
      // Without a record in it, nothing says that the directory is ours.
      if (one.record === undefined) return;
      await show(one.name);
      await removeDirectory(one.files, one.name);
    },

    exits: async (signal) => {
      signal.throwIfAborted();
      const watch = await ExitWatch.open({ root, clock, readTable }, signal);
      watches.add(watch);
      signal.addEventListener('abort', () => watches.delete(watch), { once: true });
      return watch;
    },

    output: async function* (id, { tailLines }, signal) {
      const { name, files } = await existing(id, signal);
      try {
        yield* readOutput(files.output, tailLines, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw fileFault(`cannot read the output of ${name}`, error);
      }
    },

    inspect: async (id, signal) => {
      const found = await find(id, signal);
      return found === undefined ? undefined : inspectionOf(found);
    },

    restartDelay: async (id, signal) => {
      const { files } = await existing(id, signal);
      const text = await readFile(files.delay, 'utf8').catch(() => '');
      const seconds = Number(text);
      return text.trim() !== '' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
    },
  };
}

/** What is to run, with everything looked up that can be found missing before anything is touched. */
async function recordOf(
  { host, root, environment: own }: ProcessesOptions,
  order: ContainerOrder,
): Promise<ProcessRecord> {
  const { name, labels, workload } = order;
  if (workload.kind !== 'process') {
    const message = `${name} is a container, and ${host} runs processes`;
    throw new TmError({
      kind: 'failed',
      host,
      message,
      hint: 'give the peer a command, or the host a container engine',
    });
  }
  const token = randomUUID();
  const environment = environmentOf(host, order, own, markVariables(token, labels, filesOf(root, name)));
  const [program = '', ...rest] = workload.command;
  const found = await findProgram(host, program, workload.workingDirectory, environment['PATH'] ?? '');
  return { name, token, labels, command: [found, ...rest], workingDirectory: workload.workingDirectory, environment };
}

/** Keeps the supervisor from ending the rest of the group as soon as the program has ended: it has its grace, too. */
async function markStopping({ files }: LocalProcess): Promise<void> {
  try {
    await writeFile(files.stopping, '', { mode: 0o600 });
  } catch (error) {
    throw fileFault(`cannot write ${files.stopping}`, error);
  }
}

function asObserved({ id, name, labels, state, exitCode }: LocalProcess): ObservedContainer {
  return { id, name, labels, state, ...(exitCode === undefined ? {} : { exitCode }) };
}
