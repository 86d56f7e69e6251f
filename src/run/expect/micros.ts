/**
 * Milliseconds as whole microseconds, the precision of the recorder. Inside the judge every time is such a number, counted from the
 * start of the run, so that sums and comparisons are exact: an event at the very end of a window counts.
 */
export const toMicros = (ms: number): number => Math.round(ms * 1000);
