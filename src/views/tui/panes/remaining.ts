import { formatDuration } from '../../../lib/format-duration.ts';

/** What is left of a time, as it counts down: `3.2 s`, with tenths even where they are 0, so that it does not jump; from a minute on without. */
export function remaining(ms: number): string {
  const left = Math.max(0, ms);
  return left < 59_950 ? `${(left / 1000).toFixed(1)} s` : formatDuration(left);
}
