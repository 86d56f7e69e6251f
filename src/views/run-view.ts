import type { LogLevel } from '../model/wire.ts';
import type { AskedBy } from './console/asked-by.ts';
import { createConsoleView } from './console/console-view.ts';
import { createListrView } from './listr/listr-view.ts';
import type { Output } from './output.ts';
import type { View } from './view.ts';

export interface RunViewOptions {
  /** What the peers and the timeline did, and the verdict: the data of a run. */
  readonly stdout: Output;
  /** Planning and steps: its progress. */
  readonly stderr: Output;
  readonly unicode: boolean;
  readonly verbose: boolean;
  /** Log lines of this level and graver ones are told. */
  readonly logLevel: LogLevel;
  /** How a path is shown to a person: relative to where tm was started. */
  readonly shownPath?: (path: string) => string;
  /** How the run was asked for, for what to type next; missing: plainly. */
  readonly asked?: AskedBy;
}

/**
 * The run as `tm apply` shows it. Steps are drawn in place only where both outputs are a terminal: with stdout in a
 * pipe (`| tee`), lines that come out of its other end would fall into the drawing. With `verbose` every step is a line.
 */
export function createRunView(options: RunViewOptions): View {
  const { stdout, stderr, verbose } = options;
  if (verbose || !stdout.isTTY || !stderr.isTTY) return createConsoleView({ ...options, ...stdout, steps: stderr });

  const list = createListrView({ ...stderr, unicode: options.unicode });
  const lines = createConsoleView({
    ...options,
    ...stdout,
    write: (text) => list.above(() => stdout.write(text)),
  });
  return {
    event(event) {
      // The list first: an event that ends it lets the lines of that event stand below it.
      list.event(event);
      lines.event(event);
    },
    async close() {
      await list.close();
      await lines.close();
    },
  };
}
