import { constants, setPriority } from 'node:os';
import { createTuiView } from '../../views/tui/create-tui-view.ts';
import type { View } from '../../views/view.ts';
import type { Context } from '../context.ts';
import { createTerminalScreen } from './terminal-screen.ts';
import type { TuiOptions } from './tui-options.ts';

/** A run on this process's whole terminal, fed with events as any other view. */
export function createTerminalTui(context: Context, options: TuiOptions): View {
  // Who only looks on steps aside for a run on the same machine.
  if (options.mode === 'watch') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const screen = createTerminalScreen({
    stdin: process.stdin,
    stdout: process.stdout,
    colorLevel: context.stdout.color.level,
    unicode: context.unicode,
  });
  return createTuiView({
    peers: [],
    clock: { now: () => performance.now() },
    ...options,
    screen,
    unicode: context.unicode,
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    // In raw mode Ctrl-C is a key; sent on, it is the signal again, and the second one leaves at once as ever.
    interrupt: () => process.kill(process.pid, 'SIGINT'),
  });
}
