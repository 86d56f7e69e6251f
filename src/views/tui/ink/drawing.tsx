import { EventEmitter } from 'node:events';
import type { ChalkInstance } from 'chalk';
import { render } from 'ink';
import { Component, type ReactNode } from 'react';
import { marksFor } from '../../marks.ts';
import { createPalette } from '../../palette.ts';
import type { Frame } from '../frame.ts';
import { createLinePainter } from '../paint-line.ts';
import { Screen } from './screen.tsx';

export interface DrawingOptions {
  readonly color: ChalkInstance;
  readonly unicode: boolean;
}

/** Frames made into rows of text by ink. */
export interface Drawing {
  /** The rows of a frame, as many as it is high, escape sequences for colours included. Throws what a component threw. */
  draw(frame: Frame): readonly string[];
  close(): void;
}

/**
 * Ink lays a frame out and composes it, at once and nothing more: it has no timers here and does not touch the terminal, whose rows are written by
 * whoever wants them. Left to itself, ink clears terminal and scrollback for each frame that is as high as the terminal.
 */
export function createDrawing({ color, unicode }: DrawingOptions): Drawing {
  const marks = marksFor(unicode);
  const rule = createPalette(color).tone.quiet(marks.log);
  let paint = createLinePainter(color, marks.ellipsis, []);
  const paper = new Paper();
  let failure: unknown;
  const options = {
    stdout: paper as unknown as NodeJS.WriteStream,
    stdin: new EventEmitter() as unknown as NodeJS.ReadStream,
    // Every update is written as it is, in the call that made it.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  };
  const ink = render(null, options);

  return {
    draw(frame) {
      if (frame.peers !== undefined) paint = createLinePainter(color, marks.ellipsis, frame.peers);
      paper.columns = frame.size.columns;
      paper.rows = frame.size.rows;
      ink.rerender(
        <Boundary
          failed={(error) => {
            failure = error;
          }}
        >
          <Screen frame={frame} paint={paint} rule={rule} />
        </Boundary>,
      );
      if (failure !== undefined) throw failure;
      const rows = paper.text.split('\n');
      return Array.from({ length: frame.size.rows }, (_, at) => rows[at] ?? '');
    },
    close() {
      ink.unmount();
    },
  };
}

/** What ink takes for a terminal: it keeps what was written last. */
class Paper extends EventEmitter {
  columns = 80;
  rows = 24;
  readonly isTTY = true;
  text = '';

  write(text: string): boolean {
    this.text = text;
    return true;
  }
}

interface BoundaryProps {
  readonly failed: (error: unknown) => void;
  readonly children: ReactNode;
}

/** A component that throws is told of, instead of being drawn as ink does. */
class Boundary extends Component<BoundaryProps, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.failed(error);
  }

  override render(): ReactNode {
    return this.state.broken ? null : this.props.children;
  }
}
