import { dirname } from 'node:path';
import { fromLabelMap, LABEL, type Labels, labelVariable, toLabelMap } from '../../model/labels.ts';
import type { PeerName } from '../../model/names.ts';
import type { ProcessFiles } from './files.ts';

/** Names one creation of a process; its restarts have the same. */
const TOKEN_VARIABLE = 'TM_PROCESS';
/** Where a peer that asks to be restarted writes its delay: `/tmp/delay` is one file for all the processes of a machine. */
const DELAY_VARIABLE = 'TM_DELAY_FILE';

/** What the environment of a process says of it: all that is left of our knowledge when `.tm/` is gone. */
export interface ProcessMarks {
  readonly token: string;
  readonly labels: Labels;
  readonly peer: PeerName;
  /** Where its files are, or were. */
  readonly directory: string;
}

/** The variables that mark a process, and all that it starts, as ours. */
export function markVariables(token: string, labels: Labels, files: ProcessFiles): Record<string, string> {
  const variables: Record<string, string> = { [TOKEN_VARIABLE]: token, [DELAY_VARIABLE]: files.delay };
  for (const [label, value] of Object.entries(toLabelMap(labels))) variables[labelVariable(label)] = value;
  return variables;
}

/** The marks among the variables that `read` gives; undefined where the process is not a peer of ours. */
export function readMarks(read: (variable: string) => string | undefined): ProcessMarks | undefined {
  const token = read(TOKEN_VARIABLE);
  const delay = read(DELAY_VARIABLE);
  if (token === undefined || token === '' || delay === undefined) return undefined;
  const map = Object.fromEntries(Object.values(LABEL).map((label) => [label, read(labelVariable(label))]));
  const labels = fromLabelMap(map);
  if (labels?.peer === undefined) return undefined;
  return { token, labels, peer: labels.peer, directory: dirname(delay) };
}
