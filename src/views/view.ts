import type { TmEvent } from '../model/event.ts';

/** Draws a run. Events go in, nothing comes out: a view decides nothing and never delays the run. */
export interface View {
  event(event: TmEvent): void;
  /** Draws what is left and gives the terminal back; called once, also after a failure. */
  close(): Promise<void>;
  /** Gives the terminal back at once, where the view has taken it: the process ends, or something has to be read. `close` still follows. */
  leave?(): void;
}
