import type { ChalkInstance } from 'chalk';

/** What the place can show that faults are written to. */
export interface FaultStyle {
  /** Its level decides whether there are colours; level 0 gives plain text. */
  readonly color: ChalkInstance;
  /** Columns; longer source lines are cut around the caret. 120 where it is missing. */
  readonly width?: number;
  /** Whether signs such as `│` can be shown; true where it is missing. */
  readonly unicode?: boolean;
}
