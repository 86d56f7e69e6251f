import { relative } from 'node:path';
import type { TmEvent } from '../../model/event.ts';
import type { Clock } from '../../ports/clock.ts';
import { paceEvents } from '../../run/pace-events.ts';
import type { View } from '../../views/view.ts';
import { parseEvent } from '../../views/watch/parse-event.ts';
import { createReplayView } from '../../views/watch/replay-view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { onEndSignals } from '../run/signals.ts';
import { createTui } from '../tui/create-tui.ts';
import type { TuiOptions } from '../tui/tui-options.ts';
import { createArchive, createWorld } from '../wire.ts';

/** `tm replay [run]`: a kept run once more, from its journal, as it happened. Ends with its verdict, or at once with a signal. */
export async function replayCommand(args: Args, context: Context): Promise<number> {
  const { clock } = createWorld(context);
  const archive = createArchive(context);
  const run = await archive.find(args.operands[0]);
  const leave = new AbortController();
  process.stdout.once('error', () => leave.abort());
  const view = await viewOf(args, context, clock, () => leave.abort());
  const quiet = onEndSignals(
    () => {
      view.leave?.();
      leave.abort();
    },
    () => process.exit(0),
  );
  try {
    for await (const event of paceEvents(eventsOf(archive.journal(run)), clock, args.speed, leave.signal))
      view.event(event);
    return 0;
  } catch (error) {
    view.leave?.();
    throw error;
  } finally {
    await view.close();
    quiet();
  }
}

async function* eventsOf(lines: AsyncIterable<string>): AsyncGenerator<TmEvent> {
  for await (const line of lines) {
    const event = parseEvent(line);
    if (event !== undefined) yield event;
  }
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
