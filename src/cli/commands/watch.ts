import { relative } from 'node:path';
import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { TestName } from '../../model/names.ts';
import type { Clock } from '../../ports/clock.ts';
import { followRun } from '../../run/follow-run.ts';
import type { View } from '../../views/view.ts';
import { createWatchView } from '../../views/watch/watch-view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { loadCells } from '../input/load-test.ts';
import { parseEvents } from '../input/parse-events.ts';
import { printFault } from '../output/print-faults.ts';
import { showEvents } from '../run/show-events.ts';
import { createTui } from '../tui/create-tui.ts';
import type { TuiOptions } from '../tui/tui-options.ts';
import { createWorld } from '../wire.ts';

/** `tm watch [config]`: the events of a running test, history first, until it ends or the watcher leaves. Reads only. */
export async function watchCommand(args: Args, context: Context): Promise<number> {
  const world = createWorld(context);
  const { test, url } = await whatToWatch(args, context);
  await showEvents(
    (quit) => viewOf(args, context, world.clock, quit),
    (left) => parseEvents(followRun(world, test, url, left)),
  );
  return 0;
}

async function viewOf(args: Args, context: Context, clock: Clock, quit: () => void): Promise<View> {
  const { peers } = args;
  const level = args.level ?? (args.verbose || args.json ? 'trace' : 'info');
  const options = {
    unicode: context.unicode,
    verbose: args.verbose,
    json: args.json,
    filter: { peers, level },
    shownPath: (path: string) => relative(process.cwd(), path) || path,
  };
  const lines: TuiOptions['lines'] = (through) => createWatchView({ ...through(context.stdout), ...options });
  const tui = { mode: 'watch', logLevel: level, peers, clock, quit, lines } as const;
  return (await createTui(args, context, tui)) ?? createWatchView({ ...context.stdout, ...options });
}

/** The test and its Redis: from the config, else the test that was used last here. */
async function whatToWatch(args: Args, context: Context): Promise<{ readonly test: TestName; readonly url: Secret }> {
  const { stores } = createWorld(context);
  let tests: readonly TestName[] = [];
  if (args.config !== undefined) {
    const loaded = await loadCells(args.config, args, context);
    if (loaded.tests === undefined)
      throw new TmError({
        kind: 'config',
        faults: loaded.faults,
        message: `${loaded.shown} has mistakes`,
        hint: `see them with tm validate ${loaded.shown}`,
      });
    // A matrix may name its tests by its vars: the one that is running, or was last, is meant.
    tests = loaded.tests.map(({ desired }) => desired.spec.test);
  }
  const known = await stores.known((fault) => printFault(fault, args, context));
  const state = tests.length === 0 ? known[0] : known.find((one) => tests.includes(one.test));
  const name = state?.test ?? tests[0];
  if (name === undefined)
    throw new TmError({
      kind: 'usage',
      message: '.tm/ remembers no test here',
      hint: 'name its config: tm watch config.yaml',
    });
  const url = args.redisUrl ?? state?.redisUrl;
  if (url === undefined && state?.redis.kind === 'external')
    throw new TmError({
      kind: 'usage',
      message: `"${name}" has an external Redis, whose URL is not remembered here`,
      hint: `give it as the run has it: tm watch --redis-url <url>, or in TM_REDIS_URL (${state.redis.display})`,
    });
  if (url === undefined)
    throw new TmError({
      kind: 'failed',
      message: `no run of "${name}" is going on here`,
      hint: 'watch from the directory where it was started, or say with --redis-url where its Redis is',
    });
  return { test: name, url: new Secret(url) };
}
