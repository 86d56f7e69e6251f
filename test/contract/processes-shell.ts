import type { Workload } from '../../src/model/desired.ts';
import type { Behaviour } from './containers.ts';

/** A behaviour as a shell script. */
export function scriptOf({ writes = [], shows, delay, exits, onTerm }: Behaviour): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    onTerm === undefined ? "trap '' TERM" : `trap 'exit ${onTerm}' TERM`,
    ...writes.map((line) => `printf '%s\\n' ${quoted(line)}`),
    ...(shows === undefined ? [] : [`printf '%s\\n' "$${shows}"`]),
    ...(delay === undefined ? [] : [`printf %s ${quoted(delay)} >"$TM_DELAY_FILE"`]),
    exits === undefined ? 'while :; do sleep 0.05; done' : `exit ${exits}`,
  ].join('\n');
}

/** A workload that runs a shell script in a directory. */
export function shellWorkload(script: string, workingDirectory: string): Workload {
  return { kind: 'process', command: ['sh', '-c', script], workingDirectory, environment: {} };
}
