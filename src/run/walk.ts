import type { Fault } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import type { Plan, Step, StepId } from '../model/plan.ts';
import type { Recorder } from './recorder.ts';
import { STOPPED } from './skip-reasons.ts';
import { whatFailed } from './what-failed.ts';

/** How many steps may be under way at once. */
export interface WalkLimits {
  readonly perHost: number;
  readonly total: number;
}

/** For every walk: ten containers at a time are as fast as an engine gets, and a control machine can talk to ten such engines. */
export const LIMITS: WalkLimits = { perHost: 10, total: 100 };

/** What became of the steps. A fault is in the order in which it happened. */
export interface WalkResult {
  readonly done: ReadonlySet<StepId>;
  readonly faults: readonly { readonly step: StepId; readonly fault: Fault }[];
  readonly skipped: ReadonlySet<StepId>;
}

export interface WalkOptions {
  readonly limits: WalkLimits;
  readonly recorder: Recorder;
  /** No step begins after it; those under way are awaited, so that nothing appears behind our back afterwards. */
  readonly stop: AbortSignal;
  readonly now: () => number;
}

/**
 * Walks a plan's DAG: a step begins when all that it comes after has succeeded. What depends on a failed step is skipped;
 * everything else goes on, so that the next apply finds as much done as could be done. Never rejects.
 */
export async function walk(
  plan: Plan,
  perform: (step: Step) => Promise<string | undefined>,
  options: WalkOptions,
): Promise<WalkResult> {
  const { recorder, stop, limits } = options;
  const waiting = new Map(plan.steps.map((step) => [step.id, step]));
  const done = new Set<StepId>();
  const skipped = new Set<StepId>();
  /** Why what comes after a step that failed or was skipped is not done. */
  const broken = new Map<StepId, string>();
  const faults: { step: StepId; fault: Fault }[] = [];
  const running = new Map<StepId, Promise<void>>();
  const busy = new Map<string, number>();

  const skip = (step: Step, because: string) => {
    waiting.delete(step.id);
    skipped.add(step.id);
    broken.set(step.id, because);
    recorder.emit({ type: 'step-skipped', step: step.id, because });
  };

  const begin = (step: Step) => {
    const place = placeOf(step);
    waiting.delete(step.id);
    busy.set(place, (busy.get(place) ?? 0) + 1);
    const startedAt = options.now();
    const elapsed = () => Math.round(options.now() - startedAt);
    recorder.emit({ type: 'step-started', step: step.id, intent: plan.intent });
    const attempt = async () => {
      try {
        const note = await perform(step);
        done.add(step.id);
        recorder.emit({
          type: 'step-finished',
          step: step.id,
          ms: elapsed(),
          ...(note === undefined ? {} : { note }),
        });
      } catch (error) {
        const fault = toFault(error);
        broken.set(step.id, fault.kind === 'aborted' ? STOPPED : whatFailed(step.action));
        if (fault.kind !== 'aborted') faults.push({ step: step.id, fault });
        recorder.emit({ type: 'step-failed', step: step.id, ms: elapsed(), fault });
      } finally {
        busy.set(place, (busy.get(place) ?? 1) - 1);
        running.delete(step.id);
      }
    };
    running.set(step.id, attempt());
  };

  const beginReady = () => {
    for (const step of [...waiting.values()]) {
      const because = step.after.map((id) => broken.get(id)).find((reason) => reason !== undefined);
      if (because !== undefined) skip(step, because);
      else if (stop.aborted) skip(step, STOPPED);
      else if (
        running.size < limits.total &&
        (busy.get(placeOf(step)) ?? 0) < limits.perHost &&
        step.after.every((id) => done.has(id))
      )
        begin(step);
    }
  };

  for (;;) {
    beginReady();
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  for (const step of [...waiting.values()]) skip(step, 'what it waits for never came');
  return { done, faults, skipped };
}

function placeOf(step: Step): string {
  return 'on' in step.action ? step.action.on : 'control';
}
