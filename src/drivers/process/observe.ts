import { readdir } from 'node:fs/promises';
import { byCodePoint } from '../../lib/code-point-order.ts';
import type { Labels } from '../../model/labels.ts';
import { containerName } from '../../model/names.ts';
import { errorCode, fileFault } from '../store/file-fault.ts';
import { filesIn, filesOf, type ProcessFiles } from './files.ts';
import type { ProcessEntry } from './process-entry.ts';
import { type ProcessRecord, readExit, readRecorded, type Supervisor } from './record.ts';

/** A local process of ours, as its files and the system's process table together tell. */
export interface LocalProcess {
  /** `<pid>@<start>` of its first supervisor. */
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly labels: Labels;
  readonly files: ProcessFiles;
  readonly state: 'created' | 'running' | 'exited';
  readonly exitCode?: number;
  /** Undefined where its files are gone: then it can be ended, and not started again. */
  readonly record?: ProcessRecord;
  readonly supervisor?: Supervisor;
  /** All that lives of it: supervisor, program, what that started. Also when it has `exited` and left some behind. */
  readonly members: readonly ProcessEntry[];
}

/**
 * Every process of ours on this machine, by name: those whose files are below `root`, and whatever else lives with our marks
 * (other directories', and those whose files are gone).
 */
export async function observeProcesses(
  root: string,
  readTable: () => Promise<readonly ProcessEntry[]>,
): Promise<readonly LocalProcess[]> {
  const names = await processNames(root);
  const ofRoot = await Promise.all(
    names.map(async (name) => ({ name, recorded: await readRecorded(filesOf(root, name)) })),
  );
  // After the files: a process that begins meanwhile is in the table with its marks, one that ends meanwhile has left its exit status.
  const table = await readTable();
  const found = new Map<string, LocalProcess>();
  for (const { name, recorded } of ofRoot) {
    if (recorded === undefined) continue;
    const { record, supervisor, exitCode } = recorded;
    const files = filesOf(root, name);
    found.set(record.token, await merge({ name, files, record, supervisor, exitCode }, membersOf(table, record.token)));
  }
  for (const entry of table) {
    if (entry.marks === undefined || found.has(entry.marks.token)) continue;
    found.set(entry.marks.token, await fromMarks(entry.marks.token, table));
  }
  return [...found.values()].sort((a, b) => byCodePoint(a.name, b.name) || byCodePoint(a.id, b.id));
}

/** Names of the processes that have files. */
export async function processNames(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && entry.name.startsWith('tm-')).map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileFault(`cannot read ${root}`, error);
  }
}

/** What lives of a process: all with its token, and all in a group or session that one of those leads, whatever they did to their environment. */
export function membersOf(table: readonly ProcessEntry[], token: string): readonly ProcessEntry[] {
  const marked = new Set(table.filter((entry) => entry.marks?.token === token).map(({ pid }) => pid));
  return table.filter(({ pid, group, session }) => marked.has(pid) || marked.has(group) || marked.has(session ?? -1));
}

interface Known {
  readonly name: string;
  readonly files: ProcessFiles;
  readonly record: ProcessRecord;
  readonly supervisor: Supervisor | undefined;
  readonly exitCode: number | undefined;
}

async function merge(known: Known, members: readonly ProcessEntry[]): Promise<LocalProcess> {
  const { name, files, record, supervisor } = known;
  const { token, labels } = record;
  const base = { name, files, record, token, labels, members };
  if (supervisor === undefined) return { ...base, id: `0@${token}`, state: members.length > 0 ? 'running' : 'created' };
  const started = { ...base, id: supervisor.id, supervisor };
  const exitCode = known.exitCode ?? (members.length > 0 ? undefined : await readExit(files, supervisor));
  if (exitCode !== undefined) return { ...started, state: 'exited', exitCode };
  return { ...started, state: members.length > 0 ? 'running' : 'exited' };
}

/** A process known by its marks alone; its files may stand in another directory. */
async function fromMarks(token: string, table: readonly ProcessEntry[]): Promise<LocalProcess> {
  const members = membersOf(table, token);
  const marked = members.filter((entry) => entry.marks?.token === token);
  const eldest = marked.find(({ pid, group }) => pid === group) ?? marked[0]!;
  const { labels, peer, directory } = eldest.marks!;
  const files = filesIn(directory);
  // Another directory may not be for this user to read; then its files are as good as gone.
  const recorded = await readRecorded(files).catch(() => undefined);
  if (recorded?.record.token === token) {
    const { record, supervisor, exitCode } = recorded;
    return merge({ name: record.name, files, record, supervisor, exitCode }, members);
  }
  const id = `${eldest.pid}@${eldest.mark}`;
  return { id, name: containerName(peer), token, labels, files, state: 'running', members };
}
