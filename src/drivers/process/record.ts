import { readFile, writeFile } from 'node:fs/promises';
import type { Labels } from '../../model/labels.ts';
import { errorCode, fileFault } from '../store/file-fault.ts';
import { replaceFile } from '../store/replace-file.ts';
import type { ProcessFiles } from './files.ts';

/** A process as it was asked for; enough to start it again. Its file is 0600: the environment holds secrets. */
export interface ProcessRecord {
  readonly name: string;
  readonly token: string;
  readonly labels: Labels;
  /** The program's absolute path and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly workingDirectory: string;
  /** All of its variables, marks included. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The shell that waits for a process, leader of its group and session. Each start has its own. */
export interface Supervisor {
  /** The process's id: `<pid>@<start>` of its first supervisor, kept over restarts. */
  readonly id: string;
  readonly pid: number;
  /** When it began (`startMark`). */
  readonly mark: string;
}

/** What the files tell of a process. */
export interface Recorded {
  readonly record: ProcessRecord;
  /** Undefined where it was never started. */
  readonly supervisor?: Supervisor;
  /** How this start ended: 128+n for signal n. Undefined where it goes on, or nobody was left to tell. */
  readonly exitCode?: number;
}

/** Reads all of it; undefined where there is no such process. */
export async function readRecorded(files: ProcessFiles): Promise<Recorded | undefined> {
  const record = await readJson<ProcessRecord>(files.record);
  if (record === undefined) return undefined;
  const supervisor = await readJson<Supervisor>(files.supervisor);
  if (supervisor === undefined) return { record };
  const exitCode = await readExit(files, supervisor);
  return exitCode === undefined ? { record, supervisor } : { record, supervisor, exitCode };
}

/** The exit status of this start, where it stands there whole. */
export async function readExit(files: ProcessFiles, supervisor: Supervisor): Promise<number | undefined> {
  const [, code, pid] = /^(\d+) (\d+)\n$/.exec(await readText(files.exit)) ?? [];
  // What an earlier start left is none of this one's.
  return code === undefined || Number(pid) !== supervisor.pid ? undefined : Number(code);
}

/** Writes down how a start ended whose supervisor did not live to do it. */
export async function writeExit(files: ProcessFiles, supervisor: Supervisor, code: number): Promise<void> {
  try {
    await writeFile(files.exit, `${code} ${supervisor.pid}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileFault(`cannot write ${files.exit}`, error);
  }
}

export async function writeSupervisor(files: ProcessFiles, supervisor: Supervisor): Promise<void> {
  try {
    await replaceFile(files.supervisor, JSON.stringify(supervisor));
  } catch (error) {
    throw fileFault(`cannot write ${files.supervisor}`, error);
  }
}

/** Our own files are replaced whole, so one that cannot be read was tampered with, and its process is known by its marks alone. */
async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readText(path);
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return '';
    throw fileFault(`cannot read ${path}`, error);
  }
}
