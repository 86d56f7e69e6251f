import { relative } from 'node:path';
import type { LogLevel } from '../../model/wire.ts';
import type { AskedBy } from '../../views/console/asked-by.ts';
import { createConsoleView } from '../../views/console/console-view.ts';
import { createJsonView } from '../../views/json/json-view.ts';
import { createRunView } from '../../views/run-view.ts';
import type { View } from '../../views/view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { createTui } from '../tui/create-tui.ts';
import type { TuiOptions } from '../tui/tui-options.ts';

/** How a path is shown to a person: relative to where tm was started. */
export const shownPath = (path: string): string => relative(process.cwd(), path) || path;

/** The view of a run that the command line asks for; `quit` is what `q` does in the TUI. */
export async function chooseRunView(
  args: Args,
  context: Context,
  level: LogLevel,
  asked: AskedBy,
  quit: () => void,
): Promise<View> {
  const { stdout, stderr, unicode } = context;
  if (args.json) return createJsonView({ write: (text) => stdout.write(text) });
  const logLevel = args.verbose ? 'trace' : level;
  const options = { unicode, verbose: args.verbose, logLevel, shownPath, asked };
  const lines: TuiOptions['lines'] = (through) =>
    createConsoleView({ ...through(stdout), ...options, steps: through(stderr) });
  const tui = await createTui(args, context, { mode: 'run', logLevel, quit, lines });
  return tui ?? createRunView({ stdout, stderr, ...options });
}
