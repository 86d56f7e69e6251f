/** What the run's thread and the one that draws tell each other. */
import type { ColorSupportLevel } from 'chalk';
import type { Frame } from '../frame.ts';

/** Given to the thread when it is started. */
export interface DrawSetup {
  readonly colorLevel: ColorSupportLevel;
  readonly unicode: boolean;
  /** See latch.ts. */
  readonly latch: SharedArrayBuffer;
  /** File descriptor. */
  readonly terminal: number;
}

export interface DrawOrder {
  readonly frame: Frame;
  /** All rows, whatever is thought to be on the screen. */
  readonly anew: boolean;
}

/** The frame is on the terminal; the next one may come. */
export interface DrawAnswer {
  readonly kind: 'drawn';
}
