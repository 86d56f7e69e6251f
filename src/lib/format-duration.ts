/** Milliseconds as a point in time: `12.031s`, always with milliseconds, so that a column of them lines up. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)}s`;
}

/** Milliseconds as a length of time for a person: `250 ms`, `4.2 s`, `40 s`, `2 min 5 s`, `1 h 30 min`. Negative ones count as 0. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole === 0) return '0 s';
  if (whole < 1000) return `${whole} ms`;
  if (whole < 9950) return `${Math.round(whole / 100) / 10} s`;
  const seconds = Math.round(whole / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
