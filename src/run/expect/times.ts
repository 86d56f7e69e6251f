/** Where a run is in time, in microseconds from its start. */
export interface Times {
  /** Start of the timeline; undefined where it has not begun. */
  readonly zero: number | undefined;
  readonly now: number;
}

/** Turns times into offsets in milliseconds; where the timeline never began, from the start of the run. */
export function offsetFrom({ zero = 0 }: Pick<Times, 'zero'>): (at: number) => number {
  return (at) => (at - zero) / 1000;
}
