import type { View } from '../../views/view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import type { TuiOptions } from './tui-options.ts';

/** What `--tui` asks for; undefined where it is not asked for or, after a sentence that says why, where there is no terminal for it. */
export async function createTui(args: Args, context: Context, options: TuiOptions): Promise<View | undefined> {
  if (!args.tui || args.json) return undefined;
  const why = whyNot(context);
  // Loaded only now: nothing else needs it.
  if (why === undefined) return (await import('./terminal-tui.ts')).createTerminalTui(context, options);
  context.stderr.write(`tm: ${why}; lines follow\n`);
  return undefined;
}

function whyNot({ stdout, environment }: Context): string | undefined {
  if (process.stdin.isTTY !== true || !stdout.isTTY) return 'there is no terminal for --tui';
  return environment['TERM'] === 'dumb' ? 'this terminal cannot show --tui' : undefined;
}
