import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import type { ContainerOrder } from '../../ports/containers.ts';

/** What a local process gets of tm's own environment: enough for programs to run, and nothing that makes runs differ by who starts them. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'] as const;
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Variables that the supervising shell or its script uses itself: the program would not see the value that was asked for. */
const TAKEN = /^(IFS|OPTIND|PPID|tm_.*)$/;

/**
 * The whole environment of a process; later wins: what it inherits, the workload's, the run's, our marks. Throws `failed` for a
 * variable that cannot be handed to a local process.
 */
export function environmentOf(
  host: HostName,
  order: ContainerOrder,
  own: Readonly<Record<string, string | undefined>>,
  marks: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of INHERITED) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, value] of Object.entries({ ...order.workload.environment, ...order.runEnvironment })) {
    checkVariable(host, order.name, name, value);
    environment[name] = value instanceof Secret ? value.reveal() : value;
  }
  return { ...environment, ...marks };
}

function checkVariable(host: HostName, process: string, name: string, value: string | Secret): void {
  const fault = (because: string, hint: string): TmError =>
    new TmError({ kind: 'failed', host, message: `${process} cannot get the variable "${name}": ${because}`, hint });
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw fault('shells drop such names', 'a local process can have names of letters, digits and _');
  }
  if (TAKEN.test(name)) throw fault('the shell that starts it uses that one itself', 'give it another name');
  if ((value instanceof Secret ? value.reveal() : value).includes('\0')) {
    throw fault('its value holds a NUL character', 'leave that out: no process can be given one');
  }
}
