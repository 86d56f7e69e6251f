import { formatDuration } from '../lib/format-duration.ts';

/** A span of milliseconds in prose, as exact as a person cares: `<1 ms`, `812 ms`, `6.9 s`, `2 min 5 s`. */
export function shortTime(ms: number): string {
  if (ms < 0.5) return '<1 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${tenths(ms).replace(/\.0$/, '')} s`;
  return formatDuration(ms);
}

/** The same for a column of numbers: `0.5s`, `40.3s`, `125.0s`. */
export function columnTime(ms: number): string {
  return `${tenths(ms)}s`;
}

function tenths(ms: number): string {
  return (ms / 1000).toFixed(1);
}
