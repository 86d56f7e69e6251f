import type { ChalkInstance } from 'chalk';

/** Where a view writes, and what that place can show. Injected, so that a test is its own terminal. */
export interface Output {
  /** Takes text with its own newlines. */
  write(text: string): void;
  /** Columns, as they are now; asked only where `isTTY`. */
  width(): number;
  /** Rows, as they are now; 24 where it is missing. */
  height?(): number;
  /** A terminal: lines are wrapped to its width, and steps are drawn in place. */
  readonly isTTY: boolean;
  readonly color: ChalkInstance;
}
