/** The screen while a list is drawn on it: other lines must come between two frames, or the next frame would wipe them away. */
export interface Stage {
  /** Prints above the list at its next frame; below it once it is closing; at once when it is gone. */
  print(line: () => void): void;
  /** The list's end is decided: what is printed from now on stands below its last frame. */
  close(): void;
  /** Lines that wait for the next frame. */
  takeWaiting(): readonly (() => void)[];
  /** The last frame is drawn. */
  leave(): void;
}

/** A stage that a list is about to enter. */
export function createStage(): Stage {
  let state: 'open' | 'closing' | 'left' = 'open';
  let waiting: (() => void)[] = [];
  const below: (() => void)[] = [];
  return {
    print(line) {
      if (state === 'left') line();
      else (state === 'closing' ? below : waiting).push(line);
    },
    close() {
      if (state === 'open') state = 'closing';
    },
    takeWaiting() {
      const lines = waiting;
      waiting = [];
      return lines;
    },
    leave() {
      if (state === 'left') return;
      state = 'left';
      for (const line of [...waiting, ...below]) line();
    },
  };
}
