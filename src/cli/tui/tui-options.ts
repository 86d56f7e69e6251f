import type { TuiOptions as ViewOptions } from '../../views/tui/create-tui-view.ts';

/** What a command says of its TUI; the rest is the terminal's. */
export interface TuiOptions extends Pick<ViewOptions, 'mode' | 'logLevel' | 'quit' | 'lines'> {
  /** Only log lines of these; missing: of all. */
  readonly peers?: readonly string[];
  /** As fast as the run that is shown; missing: the machine's. */
  readonly clock?: ViewOptions['clock'];
}
