import { readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { type ProcessMarks, readMarks } from './marks.ts';
import { readProcFile } from './proc-file.ts';
import { hasEnded, parseProcStat } from './proc-stat.ts';
import type { ProcessEntry } from './process-entry.ts';
import { parsePsTable } from './ps-table.ts';
import { bootMark, formatStartMark } from './start-mark.ts';

/** Processes that are read before others get a turn: a millisecond and a half. */
const STRIDE = 32;

/** Every living process that the user may see. */
export async function readProcessTable(): Promise<readonly ProcessEntry[]> {
  if (process.platform !== 'linux') return parsePsTable(await ps());
  const boot = bootMark();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries: ProcessEntry[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index % STRIDE === STRIDE - 1) await new Promise((resolve) => setImmediate(resolve));
    const entry = readEntry(pid, boot);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function readEntry(pid: string, boot: string): ProcessEntry | undefined {
  const stat = parseProcStat(readProcFile(`/proc/${pid}/stat`));
  if (stat === undefined || hasEnded(stat.state)) return undefined;
  const { group, session, startTicks } = stat;
  const entry = { pid: stat.pid, group, session, mark: formatStartMark(boot, startTicks) };
  const marks = marksIn(readProcFile(`/proc/${pid}/environ`));
  return marks === undefined || !isOfThisMachine(pid) ? entry : { ...entry, marks };
}

/** The processes of a container are seen from outside it, and its tm calls them by other pids: it is a machine of its own. */
function isOfThisMachine(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync('/proc/self/ns/pid');
  } catch {
    return false;
  }
}

function marksIn(environ: string): ProcessMarks | undefined {
  const variables = `\0${environ}`;
  return readMarks((variable) => {
    const at = variables.indexOf(`\0${variable}=`);
    if (at < 0) return undefined;
    const begin = at + variable.length + 2;
    const end = variables.indexOf('\0', begin);
    return variables.slice(begin, end < 0 ? undefined : end);
  });
}

async function ps(): Promise<string> {
  const { execa } = await import('execa');
  const { stdout } = await execa('ps', ['-axww', '-E', '-o', 'pid=,pgid=,stat=,lstart=,command='], {
    env: { LC_ALL: 'C' },
    timeout: 10_000,
    maxBuffer: 1 << 28,
  });
  return stdout;
}
