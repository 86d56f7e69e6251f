import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hasEnded, parseProcStat } from '../../../src/drivers/process/proc-stat.ts';
import { createProcesses } from '../../../src/drivers/process/processes.ts';
import { createSystemClock } from '../../../src/drivers/system-clock.ts';
import { hostName } from '../../../src/model/names.ts';
import type { Containers } from '../../../src/ports/containers.ts';
import { Ears, orderOf, outputOf, ownOf } from '../../contract/processes-contract.ts';
import { shellWorkload } from '../../contract/processes-shell.ts';

export const never = new AbortController().signal;

/** A directory with processes in it, all of which are ended with the test. */
export interface Rig {
  readonly directory: string;
  /** Where their files are. */
  readonly root: string;
  readonly processes: Containers;
  /** The driver as a tm sees it that has just been started. */
  connect(): Containers;
  /** Runs a shell script as a peer and waits until it has written a line `up`, if it does so. */
  run(peer: string, script: string): Promise<string>;
  output(id: string): Promise<string>;
  ears(): Promise<Ears>;
  /** The living processes in whose environment this peer's name stands, supervisor included. */
  living(peer: string): Promise<readonly number[]>;
}

/** Makes one. */
export async function makeRig(): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'tm-process-'));
  const root = join(directory, 'processes');
  const connect = (): Containers =>
    ownOf(createProcesses({ host: hostName('h1'), root, clock: createSystemClock(), environment: process.env }));
  const processes = connect();
  const ears: Ears[] = [];
  onTestFinished(async () => {
    for (const one of ears) await one.close();
    await Promise.all((await processes.list(never)).map(({ id }) => processes.remove(id, 0, never)));
    await rm(directory, { recursive: true, force: true });
  });
  const output = (id: string): Promise<string> => outputOf(processes, id);
  return {
    directory,
    root,
    processes,
    connect,
    output,
    run: async (peer, script) => {
      const id = await processes.run(orderOf(peer, shellWorkload(script, directory)), never);
      if (script.includes('echo up')) await until(async () => (await output(id)).includes('up\n'));
      return id;
    },
    ears: async () => {
      const opened = await Ears.open(processes);
      ears.push(opened);
      return opened;
    },
    living: (peer) => livingWith(`\0TM_DELAY_FILE=${join(root, `tm-${peer}`)}/`),
  };
}

/** Pids of the living processes whose environment holds this text. */
export async function livingWith(text: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const [environ, stat] = await Promise.all(
      ['environ', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    const state = parseProcStat(stat ?? '')?.state;
    if (`\0${environ}`.includes(text) && state !== undefined && !hasEnded(state)) found.push(Number(pid));
  }
  return found;
}

/** Waits until it is so, for as long as a busy machine may need. */
export async function until(isSo: () => Promise<boolean> | boolean, what = 'it'): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come to be`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Pid of the supervisor, from the id. */
export const supervisorOf = (id: string): number => Number.parseInt(id, 10);
