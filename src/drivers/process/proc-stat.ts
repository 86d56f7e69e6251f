/** What `/proc/<pid>/stat` tells of a process (proc(5)). */
export interface ProcStat {
  readonly pid: number;
  /** `Z` and `X` have ended already. */
  readonly state: string;
  readonly parent: number;
  /** Process group. */
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot. */
  readonly startTicks: string;
}

/** Reads a line of `/proc/<pid>/stat`; undefined where it is none. */
export function parseProcStat(text: string): ProcStat | undefined {
  // The program's name stands in parentheses and may itself hold spaces and parentheses, so the rest begins after the last one.
  const end = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  const [state, parent, group, session, ...rest] = text.slice(end + 2).split(' ');
  const startTicks = rest[15];
  if (end < 0 || Number.isNaN(pid) || state === undefined || startTicks === undefined) return undefined;
  return { pid, state, parent: Number(parent), group: Number(group), session: Number(session), startTicks };
}

/** Whether it only waits to be reaped. */
export const hasEnded = (state: string): boolean => /^[ZXx]/.test(state);
