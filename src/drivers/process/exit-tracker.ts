import type { ContainerExit } from '../../ports/containers.ts';
import { filesOf } from './files.ts';
import { membersOf, processNames } from './observe.ts';
import type { ProcessEntry } from './process-entry.ts';
import { type ProcessRecord, readExit, readRecorded, type Supervisor, writeExit } from './record.ts';
import { isRunning } from './start-mark.ts';

/** 128 + SIGKILL, as shells count. */
const KILLED = 137;

/** One start of a process, as it was last seen. */
interface Seen {
  readonly record: ProcessRecord;
  readonly supervisor: Supervisor;
  /** `orphaned`: its supervisor was killed and it goes on, so nobody will learn how it ends. */
  readonly life: 'supervised' | 'orphaned' | 'ended';
}

/** Remembers what was seen of the processes below a directory, and tells the ends that lie between two looks, each start's once. */
export class ExitTracker {
  readonly #root: string;
  readonly #readTable: () => Promise<readonly ProcessEntry[]>;
  readonly #seen = new Map<string, Seen>();

  constructor(root: string, readTable: () => Promise<readonly ProcessEntry[]>) {
    this.#root = root;
    this.#readTable = readTable;
  }

  /** Looks at every process; those that have files and those that had. A look at one that goes on costs one small read. */
  async lookAtAll(): Promise<readonly ContainerExit[]> {
    const exits: ContainerExit[] = [];
    for (const name of new Set([...(await processNames(this.#root)), ...this.#seen.keys()])) {
      // Others get their turns between: this goes on all the time, and there may be hundreds.
      await new Promise((resolve) => setImmediate(resolve));
      const seen = this.#seen.get(name);
      const goesOn = seen?.life === 'supervised' && (await isRunning(seen.supervisor.pid, seen.supervisor.mark));
      if (!goesOn) exits.push(...(await this.look(name)));
    }
    return exits;
  }

  /** Compares one process with what was last seen of it. */
  async look(name: string): Promise<readonly ContainerExit[]> {
    const exits: ContainerExit[] = [];
    const recorded = await readRecorded(filesOf(this.#root, name));
    const supervisor = recorded?.supervisor;
    let before = this.#seen.get(name);
    if (before !== undefined && before.supervisor.mark !== supervisor?.mark) {
      // It was removed, or started again. Or only its files are gone: then it is watched on without them.
      if (supervisor === undefined && before.life !== 'ended' && (await this.#lifeOf(before)) !== 'ended') return [];
      this.#seen.delete(name);
      if (before.life !== 'ended') exits.push(exitOf(before, undefined));
      before = undefined;
    }
    if (recorded === undefined || supervisor === undefined || before?.life === 'ended') return exits;
    const start = { record: recorded.record, supervisor };
    const life = recorded.exitCode === undefined ? await this.#lifeOf(start) : 'ended';
    this.#seen.set(name, { ...start, life });
    if (life === 'ended')
      exits.push(exitOf(start, recorded.exitCode ?? (await this.#silentEnd(name, supervisor, before))));
    return exits;
  }

  async #lifeOf({ record, supervisor }: Pick<Seen, 'record' | 'supervisor'>): Promise<Seen['life']> {
    if (await isRunning(supervisor.pid, supervisor.mark)) return 'supervised';
    return membersOf(await this.#readTable(), record.token).length > 0 ? 'orphaned' : 'ended';
  }

  /** How a start ended of which no exit status had been seen when nothing of it was left. */
  async #silentEnd(name: string, supervisor: Supervisor, before: Seen | undefined): Promise<number | undefined> {
    const files = filesOf(this.#root, name);
    const late = await readExit(files, supervisor);
    if (late !== undefined || before?.life !== 'supervised') return late;
    // Both were alive a moment ago, and only SIGKILL keeps the supervisor from its last words: written down, as it would have done.
    await writeExit(files, supervisor, KILLED).catch(() => {});
    return KILLED;
  }
}

function exitOf(
  { record, supervisor }: Pick<Seen, 'record' | 'supervisor'>,
  exitCode: number | undefined,
): ContainerExit {
  const { name, labels } = record;
  return { id: supervisor.id, name, labels, oomKilled: false, ...(exitCode === undefined ? {} : { exitCode }) };
}
