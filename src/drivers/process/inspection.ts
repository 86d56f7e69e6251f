import { redactEnvironment } from '../../lib/redact.ts';
import type { Inspection } from '../../ports/containers.ts';
import type { LocalProcess } from './observe.ts';

/** What is known of a local process, for people: as `docker inspect` is for a container. */
export function inspectionOf(one: LocalProcess): Inspection {
  const { id, name, labels, state, exitCode, record, supervisor, members } = one;
  return {
    id,
    name,
    state,
    exitCode: exitCode ?? null,
    // The shell that waits for the program; it leads its process group.
    supervisor: supervisor === undefined ? null : { pid: supervisor.pid, started: supervisor.mark },
    pids: members.map(({ pid }) => pid),
    command: record?.command ?? null,
    workingDirectory: record?.workingDirectory ?? null,
    environment: record === undefined ? null : redactEnvironment(record.environment),
    labels,
  };
}
