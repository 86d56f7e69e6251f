import { wallMsOf } from '../../lib/iso-time.ts';
import type { TmEvent } from '../../model/event.ts';

/** The clock that a screen runs by: it goes on between events. */
export interface ScreenClock {
  /** Milliseconds from an arbitrary zero; as fast as the run that is shown, so a replay's may be faster. */
  now(): number;
  /** Wall time in milliseconds since 1970, where a run is watched that may have been going on for long. */
  wall?(): number;
}

/** How long a run has been going on, told between its events too. */
export interface RunTime {
  hear(event: TmEvent): void;
  /** Milliseconds since the run began; it never goes back, and stands still when the run has ended. */
  now(): number;
  /** Nothing more will be heard: the time stands still. */
  stop(): void;
}

/**
 * An event's time is known with the event, so the run's time is at least as much later as the clock has moved on since. For a history that
 * comes all at once, and whose last event may be long ago, the wall clock says how long.
 */
export function createRunTime(clock: ScreenClock): RunTime {
  /** What the clock shows when the run's time is zero; the smaller, the later it is in the run. */
  let zero = Number.POSITIVE_INFINITY;
  let latest = 0;
  let ended = false;
  return {
    hear(event) {
      if (event.type === 'run-started') {
        zero = Number.POSITIVE_INFINITY;
        latest = 0;
      }
      ended = event.type === 'run-ended';
      if (clock.wall !== undefined && event.type === 'run-started') {
        const since = clock.wall() - wallMsOf(event.time);
        if (since > 0) zero = clock.now() - since - event.atMs;
      }
      zero = Math.min(zero, clock.now() - event.atMs);
      if (ended) latest = event.atMs;
    },
    stop() {
      if (!ended && Number.isFinite(zero)) latest = Math.max(latest, clock.now() - zero);
      ended = true;
    },
    now() {
      if (!ended && Number.isFinite(zero)) latest = Math.max(latest, clock.now() - zero);
      return latest;
    },
  };
}
