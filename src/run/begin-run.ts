import { isoTime } from '../lib/iso-time.ts';
import { fileNameOf, runId } from '../model/names.ts';
import { describeTest } from './describe-test.ts';
import { openRun } from './open-run.ts';
import type { Session } from './session.ts';

/** Takes the lock and opens the directory of this run: a new one, or that of the last run when it never came to a timeline. */
export async function beginRun(session: Session): Promise<void> {
  const { memory, recorder, records, request, world } = session;
  const { spec } = request.desired;
  const fresh = runId(`${fileNameOf(spec.test)}-${stamp(world.clock.wall())}`);
  // Looked up twice: whoever meets the lock is to read which run has it, and only under the lock is it sure which one that is.
  await memory.read();
  session.run = memory.resumable() ?? fresh;
  await memory.lock(session.holder());
  const resumed = memory.resumable();
  const { run, runStore } = await openRun(memory.store, resumed ?? fresh, resumed !== undefined);
  session.run = run;
  recorder.openJournal(runStore);
  records.open(runStore, request.runLog);
  recorder.emit({
    type: 'run-started',
    run,
    test: spec.test,
    version: world.version,
    file: spec.file,
    resumed: resumed !== undefined,
    peers: spec.peers.map((peer) => peer.name),
    directory: runStore.path,
  });
  recorder.emit(describeTest(request.desired));
}

/** `YYYY-MM-DD-HH-MM-SS`, UTC. */
function stamp(wallMs: number): string {
  return isoTime(wallMs).slice(0, 19).replace(/[T:]/g, '-');
}
