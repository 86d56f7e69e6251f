import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { fromLabelMap, LABEL, type Labels, labelVariable, toLabelMap } from '../../model/labels.ts';
import type { TestName } from '../../model/names.ts';
import { startMark } from '../process/start-mark.ts';

/** Where its directory is; peers have the same labels, but not this. */
const DIRECTORY_VARIABLE = 'TM_REDIS_DIRECTORY';
/** The labels once more, in that directory: a Redis before 6.2 writes over its own environment. */
export const LABELS_FILE = 'tm-redis.json';
export const DIRECTORY_PREFIX = 'tm-redis-';

/** Processes whose names are read in one go. */
const STRIDE = 64;

/** A Redis server of ours that runs as a process of this machine. */
export interface RedisProcess {
  readonly pid: number;
  /** When it began: together with the pid it names this process and no later one. */
  readonly mark: string;
  readonly labels: Labels;
  /** Its own directory below the system's one for temporary files. */
  readonly directory: string;
}

/** The environment that marks a server as ours. */
export function redisMarks(labels: Labels, directory: string): Record<string, string> {
  const variables: Record<string, string> = { [DIRECTORY_VARIABLE]: directory };
  for (const [label, value] of Object.entries(toLabelMap(labels))) variables[labelVariable(label)] = value;
  return variables;
}

/** Every Redis process of ours that the user may see, by pid. */
export async function findRedisProcesses(): Promise<readonly RedisProcess[]> {
  const found = process.platform === 'linux' ? await fromProc() : await fromPs();
  const marked = await Promise.all(found.map(async (one) => ({ ...one, mark: await startMark(one.pid) })));
  // One without a mark has ended meanwhile.
  return marked
    .flatMap(({ mark, ...one }) => (mark === undefined ? [] : [{ ...one, mark }]))
    .sort((a, b) => a.pid - b.pid);
}

/** Removes the directories of the test's servers, of which none may run: also those of servers that somebody else ended. */
export async function removeRedisDirectories(test: TestName): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(DIRECTORY_PREFIX))) {
    const directory = join(tmpdir(), name);
    const labels = await readLabels(directory);
    if (labels?.test === test) await rm(directory, { recursive: true, force: true });
  }
}

type Unmarked = Omit<RedisProcess, 'mark'>;

async function fromProc(): Promise<readonly Unmarked[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const redis: string[] = [];
  for (const [index, pid] of pids.entries()) {
    // A name is read in microseconds, through the thread pool in several times as many; but others shall have their turn.
    if (index % STRIDE === STRIDE - 1) await new Promise(setImmediate);
    if (isRedis(nameOf(pid))) redis.push(pid);
  }
  const found = await Promise.all(redis.map(readProc));
  return found.filter((one) => one !== undefined);
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

async function readProc(pid: string): Promise<Unmarked | undefined> {
  const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const variables = new Map(
    environ.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const marked = fromVariables(Number(pid), (variable) => variables.get(variable));
  if (marked !== undefined) return marked;
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  if (!basename(directory).startsWith(DIRECTORY_PREFIX)) return undefined;
  const labels = await readLabels(directory);
  return labels === undefined ? undefined : { pid: Number(pid), labels, directory };
}

async function readLabels(directory: string): Promise<Labels | undefined> {
  try {
    return fromLabelMap(JSON.parse(await readFile(join(directory, LABELS_FILE), 'utf8')) as Record<string, string>);
  } catch {
    return undefined;
  }
}

async function fromPs(): Promise<readonly Unmarked[]> {
  const { stdout } = await execa('ps', ['-axww', '-E', '-o', 'pid=,command='], { reject: false, timeout: 10_000 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (command === undefined || !isRedis(basename(command.split(' ')[0] ?? ''))) return [];
    return fromVariables(Number(pid), (variable) => variableIn(command, variable)) ?? [];
  });
}

/** `ps` puts the variables behind the arguments with only spaces between: a value ends where the next variable begins. */
function variableIn(command: string, variable: string): string | undefined {
  const at = command.lastIndexOf(` ${variable}=`);
  if (at < 0) return undefined;
  const rest = command.slice(at + variable.length + 2);
  return rest.slice(0, / [A-Za-z_][A-Za-z0-9_]*=/.exec(rest)?.index).trimEnd();
}

function fromVariables(pid: number, read: (variable: string) => string | undefined): Unmarked | undefined {
  const directory = read(DIRECTORY_VARIABLE);
  const labels = fromLabelMap(
    Object.fromEntries(Object.values(LABEL).map((label) => [label, read(labelVariable(label))])),
  );
  return directory === undefined || labels === undefined ? undefined : { pid, labels, directory };
}

const isRedis = (name: string): boolean => /^(redis|valkey)-server/.test(name);
