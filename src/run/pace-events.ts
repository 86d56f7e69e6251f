import type { TmEvent } from '../model/event.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * Past events at the moments at which they happened, `speed` times as fast; 0 is at once. Moments count from one zero, so a view that
 * draws slowly delays none behind it. A later attempt at the run follows at once. Ends with the signal.
 */
export async function* paceEvents(
  events: AsyncIterable<TmEvent>,
  clock: Clock,
  speed: number,
  signal: AbortSignal,
): AsyncGenerator<TmEvent> {
  const began = clock.now();
  /** Offset at which the attempt under way began, and the last offset that was played. Milliseconds of the run. */
  let attempt = 0;
  let played = 0;
  for await (const event of events) {
    if (event.type === 'run-started') attempt = played - event.atMs;
    // Events of one turn may be stamped a little out of order.
    played = Math.max(played, attempt + event.atMs);
    const due = began + (speed === 0 ? 0 : played / speed);
    if (due > clock.now()) await clock.sleepUntil(due, signal).catch(() => undefined);
    if (signal.aborted) return;
    yield event;
  }
}
