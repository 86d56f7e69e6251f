import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import type { ProcessFiles } from './files.ts';
import { type ProcessRecord, type Supervisor, writeSupervisor } from './record.ts';
import { startMark } from './start-mark.ts';

/**
 * The shell that outlives tm, so that a later tm learns how the program ended. It waits to be told to begin, so that no program
 * runs which is not written down. Nothing of the user's is quoted here: the program and its arguments are "$@".
 *
 * - An asynchronous list starts with SIGINT and SIGQUIT ignored; GNU `env` gives them back.
 * - A signal that is trapped ends `wait` early, with a status that is not the program's. Then it is waited for again; some shells have
 *   reaped it by then and answer 127 or -1, which counts only when the program was still there.
 * - With the program its group ends, as a container does with its first process; unless tm is ending it, which gives all of them time.
 */
const SCRIPT = `
tm_stopping=$1 tm_exit=$2
shift 2
exec 3>&1 >/dev/null 2>&1
tm_program= tm_code= tm_left= tm_signalled=
trap 'tm_signalled=yes; kill -TERM "$tm_program"' TERM
trap 'tm_signalled=yes' HUP INT QUIT USR1 USR2
read -r tm_go || exit 0
if /usr/bin/env --default-signal=INT,QUIT true
then set -- /usr/bin/env --default-signal=INT,QUIT "$@"
fi
"$@" </dev/null >&3 2>&3 3>&- &
tm_program=$!
while
  tm_signalled=
  wait "$tm_program"
  tm_status=$?
  case "$tm_status:$tm_code:$tm_left" in
    127:?*: | -1:?*:*) ;;
    *) tm_code=$tm_status ;;
  esac
  [ -n "$tm_signalled" ]
do
  tm_left=
  kill -0 "$tm_program" && tm_left=yes
done
echo "$tm_code $$" >"$tm_exit"
[ -e "$tm_stopping" ] || kill -KILL 0
`;

/**
 * Starts a process under a new supervisor and resolves when that was told to begin. `id` is kept where the process had one.
 * Throws `failed` where the system cannot start it; then nothing of it runs.
 */
export async function startSupervised(
  host: HostName,
  record: ProcessRecord,
  files: ProcessFiles,
  id?: string,
): Promise<Supervisor> {
  try {
    for (const old of [files.exit, files.delay, files.stopping]) await rm(old, { force: true });
    await mkdir(dirname(files.exit), { recursive: true, mode: 0o700 });
    const child = await spawnSupervisor(record, files);
    try {
      return await begin(child, files, id);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new TmError(
      { kind: 'failed', host, message: `${record.name} cannot be started: ${because}` },
      { cause: error },
    );
  }
}

/** Node's own `spawn`: the process is to be left alone, in a session of its own, with a file for its output. */
async function spawnSupervisor(record: ProcessRecord, files: ProcessFiles): Promise<ChildProcess> {
  await using output = await open(files.output, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', SCRIPT, record.name, files.stopping, files.exit, ...record.command], {
    cwd: record.workingDirectory,
    env: record.environment,
    detached: true,
    stdio: ['pipe', output.fd, output.fd],
  });
  await once(child, 'spawn');
  return child;
}

/** Writes the supervisor down, then lets it start the program. */
async function begin(child: ChildProcess, files: ProcessFiles, id: string | undefined): Promise<Supervisor> {
  const { pid, stdin } = child;
  const mark = pid === undefined ? undefined : await startMark(pid);
  if (pid === undefined || mark === undefined || stdin === null) throw new Error('its supervisor ended at once');
  const supervisor = { id: id ?? `${pid}@${mark}`, pid, mark };
  await writeSupervisor(files, supervisor);
  // Where the supervisor was killed meanwhile, the pipe breaks; that is an end like any other, and noticed as such.
  stdin.on('error', () => {});
  await new Promise<void>((resolve) => {
    stdin.end('go\n', () => resolve());
    stdin.once('error', () => resolve());
  });
  child.unref();
  return supervisor;
}
