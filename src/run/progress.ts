import type { StepId } from '../model/plan.ts';
import type { Progress } from '../ports/images.ts';
import type { Session } from './session.ts';

/** A step's bytes as events, at most five a second, so that a fast wire does not fill the journal. The last one always comes. */
export function progressReporter(session: Session, step: StepId): Progress {
  const intervalMs = 200;
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = session.world.clock.now();
    if (now - last < intervalMs && done < total) return;
    last = now;
    session.recorder.emit({ type: 'step-progress', step, done, total });
  };
}
