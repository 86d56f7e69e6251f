import type { Output } from '../output.ts';

/** Lets what is written pass, or loses it while something else has the screen. */
export interface Gate {
  through(output: Output): Output;
  open(): void;
  close(): void;
  /** A line for whoever reads, through the first output; the gate is open. */
  say(line: string): void;
}

/** A gate that is open. */
export function createGate(): Gate {
  let isOpen = true;
  let first: Output | undefined;
  return {
    through(output) {
      first ??= output;
      return {
        ...output,
        write: (text) => {
          if (isOpen) output.write(text);
        },
      };
    },
    open: () => {
      isOpen = true;
    },
    close: () => {
      isOpen = false;
    },
    say: (line) => first?.write(`${line}\n`),
  };
}
