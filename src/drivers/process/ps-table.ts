import { readMarks } from './marks.ts';
import { hasEnded } from './proc-stat.ts';
import type { ProcessEntry } from './process-entry.ts';

/** pid, process group, state, `Mon Jul  7 12:34:56 2025`, and the command with its environment behind it. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s(.*)$/;

/** Reads what `ps -E -o pid=,pgid=,stat=,lstart=,command=` prints, for systems without `/proc`. */
export function parsePsTable(text: string): readonly ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, group, state, began, command] = LINE.exec(line) ?? [];
    if (pid === undefined || state === undefined || began === undefined || hasEnded(state)) return [];
    const entry = { pid: Number(pid), group: Number(group), mark: began.split(/\s+/).join('-') };
    const marks = readMarks((variable) => variableIn(command ?? '', variable));
    return [marks === undefined ? entry : { ...entry, marks }];
  });
}

/** The variables stand behind the arguments with nothing but spaces between, so a value ends where the next variable begins. */
function variableIn(command: string, variable: string): string | undefined {
  const at = command.lastIndexOf(` ${variable}=`);
  if (at < 0) return undefined;
  const rest = command.slice(at + variable.length + 2);
  const end = / [A-Za-z_][A-Za-z0-9_]*=/.exec(rest)?.index;
  return rest.slice(0, end).trimEnd();
}
