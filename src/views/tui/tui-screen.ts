import type { Frame } from './frame.ts';
import type { Key } from './keys.ts';
import type { Size } from './layout.ts';

/** What a screen tells. */
export interface ScreenListener {
  key(key: Key): void;
  /** It has another size, or has to be drawn again. */
  changed(): void;
  /** It cannot be drawn on any more, and has given the terminal back. */
  failed(because: string): void;
}

/** A terminal that is taken over as a whole. Drawing must take none of the run's time: it goes on elsewhere. */
export interface TuiScreen {
  /** Takes the terminal. */
  open(listener: ScreenListener): void;
  size(): Size;
  /** Whether what was drawn last is on the screen: a terminal that is slow gets fewer frames, not later ones. */
  ready(): boolean;
  draw(frame: Frame): void;
  /** Draws all rows with the next frame, whatever is thought to be there. */
  forget(): void;
  /** Gives the terminal back as it was, at once, if it is taken; it is not taken again. */
  close(): void;
}
