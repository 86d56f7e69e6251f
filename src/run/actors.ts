import { fromPromise } from 'xstate';
import type { Phase } from '../model/event.ts';
import type { Fault } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import { apply } from './apply.ts';
import { beginRun } from './begin-run.ts';
import { saveEvidence } from './evidence/save-evidence.ts';
import { forgetRun } from './forget-run.ts';
import { decideAll, verdictNow } from './judgement.ts';
import type { MachineContext } from './machine.ts';
import { bootstrap } from './monitor/bootstrap.ts';
import { startMonitoring } from './monitor/listen.ts';
import { shutDown } from './monitor/shutdown.ts';
import { awaitStarted } from './monitor/startup.ts';
import { runTimeline } from './monitor/timeline.ts';
import { preparePlan, refuseObstacles } from './prepare.ts';
import type { Session } from './session.ts';
import { tearDown, whatIsLeft } from './tear-down.ts';
import { exitCodeOf } from './verdict.ts';

/** What the machine's actors do, for one session. Each is a sentence: the work is in the functions that it names. */
export function createActors(session: Session) {
  const { recorder } = session;
  const actor = (work: (context: MachineContext) => Promise<void>) =>
    fromPromise<void, MachineContext>(({ input }) => work(input));
  const phase = (name: Phase) => recorder.emit({ type: 'phase', phase: name });

  return {
    load: actor(async () => {
      await beginRun(session);
      phase('loading');
    }),
    plan: actor(async () => {
      phase('planning');
      const plan = await preparePlan(session, { lock: true });
      if (session.observed !== undefined) refuseObstacles(session, session.observed, plan);
    }),
    apply: actor(async () => {
      phase('applying');
      await apply(session);
    }),
    awaitStarted: actor(async () => {
      phase('monitoring');
      session.monitoring = await startMonitoring(session);
      await awaitStarted(session);
    }),
    bootstrap: actor(() => bootstrap(session)),
    runTimeline: actor(() => runTimeline(session)),
    stopPeers: actor(async () => {
      // Stopped while containers were being made: those that run are still asked to shut down, as at any other time.
      if (session.bus !== undefined) session.monitoring ??= await startMonitoring(session);
      await shutDown(session);
    }),
    tearDown: actor(async (context) => {
      await judge(session, context);
      phase('tearingDown');
      await tearDown(session);
    }),
    close: actor(async (context) => {
      await judge(session, context);
      // Where nothing is torn down: a fault before anything was made, or `--keep`.
      await saveEvidence(session);
      await finish(session, context);
    }),
  };
}

/** Decides what is open and tells the verdict, once, as soon as nothing more can change it. */
async function judge(session: Session, context: MachineContext): Promise<void> {
  const { monitoring } = session;
  await monitoring?.close();
  session.monitoring = undefined;
  if (session.verdict !== undefined) return;
  // A journal that halted the run is among the faults already.
  const unwritten = context.halted ? [] : await faultOf(() => session.recorder.flush());
  // The peers may have become unhearable when no phase looked any more.
  const unheard = [monitoring?.fault()].filter((fault) => fault !== undefined);
  const late = [...unheard, ...unwritten].filter(
    (fault) => !context.faults.some((known) => known.message === fault.message),
  );
  const ending = { ...context, faults: [...context.faults, ...late] };
  session.rules = decideAll(session, ending);
  session.verdict = verdictNow(session, ending, session.rules);
  session.recorder.emit({ type: 'verdict', verdict: session.verdict });
}

/** The last words of a run, then everything that it holds is given back, whatever went wrong before. */
async function finish(session: Session, context: MachineContext): Promise<void> {
  const { recorder, rules } = session;
  const late = await faultOf(async () => {
    if (session.touched && !session.tornDown) session.left = await whatIsLeft(session);
    if (session.tornDown && session.left.length === 0) await forgetRun(session.memory);
    if (!context.halted) await recorder.flush();
  });
  // What failed behind the verdict shows in the exit code, but never hides why the test failed.
  const ending = { ...context, faults: [...context.faults, ...late] };
  const verdict = session.verdict?.kind === 'passed' ? verdictNow(session, ending, rules) : session.verdict;
  const interrupted = context.stoppedBy === undefined ? verdict : verdictNow(session, ending, rules);
  const exitCode = interrupted === undefined ? 1 : exitCodeOf(interrupted);
  // A signal changes what the run came to; cleaning up that went wrong does not, and is told by the exit code alone.
  if (interrupted?.kind === 'interrupted' && session.verdict?.kind !== 'interrupted') {
    session.verdict = interrupted;
    recorder.emit({ type: 'verdict', verdict: interrupted });
  }
  recorder.emit({ type: 'phase', phase: 'done' });
  recorder.emit({ type: 'run-ended', exitCode, ms: Math.round(recorder.elapsed()), left: session.left });
  session.exitCode = exitCode;
  await session.close();
}

/** What went wrong in `work`, as a list to add to others. */
async function faultOf(work: () => Promise<void>): Promise<readonly Fault[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [toFault(error)];
  }
}
