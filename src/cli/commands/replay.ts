import { relative } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { paceEvents } from '../../run/pace-events.ts';
import type { View } from '../../views/view.ts';
import { createReplayView } from '../../views/watch/replay-view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { parseEvents } from '../input/parse-events.ts';
import { showEvents } from '../run/show-events.ts';
import { createTui } from '../tui/create-tui.ts';
import type { TuiOptions } from '../tui/tui-options.ts';
import { createArchive, createWorld } from '../wire.ts';

/** `tm replay [run]`: a kept run once more, from its journal, as it happened. Ends with its verdict, or at once with a signal. */
export async function replayCommand(args: Args, context: Context): Promise<number> {
  const { clock } = createWorld(context);
  const archive = createArchive(context);
  const run = await archive.find(args.operands[0]);
  await showEvents(
    (quit) => viewOf(args, context, clock, quit),
    (left) => paceEvents(parseEvents(archive.journal(run)), clock, args.speed, left),
  );
  return 0;
}

async function viewOf(args: Args, context: Context, clock: Clock, quit: () => void): Promise<View> {
  const { peers, speed } = args;
  const level = args.level ?? (args.verbose || args.json ? 'trace' : 'info');
  const options = {
    unicode: context.unicode,
    verbose: args.verbose,
    json: args.json,
    speed,
    filter: { peers, level },
    shownPath: (path: string) => relative(process.cwd(), path) || path,
  };
  const lines: TuiOptions['lines'] = (through) => createReplayView({ ...through(context.stdout), ...options });
  const paced = { now: () => clock.now() * speed };
  const tui = { mode: 'watch', logLevel: level, peers, clock: paced, quit, lines } as const;
  return (await createTui(args, context, tui)) ?? createReplayView({ ...context.stdout, ...options });
}
