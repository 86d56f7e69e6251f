import { relative } from 'node:path';
import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { TestName } from '../../model/names.ts';
import { followRun } from '../../run/follow-run.ts';
import { parseEvent } from '../../views/watch/parse-event.ts';
import { createWatchView } from '../../views/watch/watch-view.ts';
import type { Args } from '../args.ts';
import type { Context } from '../context.ts';
import { loadTest } from '../load-test.ts';
import { onEndSignals } from '../signals.ts';
import { createWorld } from '../wire.ts';

/** `tm watch [config]`: the events of a running test, history first, until it ends or the watcher leaves. Reads only. */
export async function watchCommand(args: Args, context: Context): Promise<number> {
  const world = createWorld(context);
  const { test, url } = await whatToWatch(args, context);
  const view = createWatchView({
    ...context.stdout,
    unicode: context.unicode,
    verbose: args.verbose,
    json: args.json,
    filter: { peers: args.peers, level: args.level ?? (args.verbose || args.json ? 'trace' : 'info') },
    shownPath: (path) => relative(process.cwd(), path) || path,
  });
  const leave = new AbortController();
  process.stdout.once('error', () => leave.abort());
  const quiet = onEndSignals(
    () => leave.abort(),
    () => process.exit(0),
  );
  try {
    for await (const line of followRun(world, test, url, leave.signal)) {
      const event = parseEvent(line);
      if (event !== undefined) view.event(event);
    }
    return 0;
  } finally {
    await view.close();
    quiet();
  }
}

/** The test and its Redis: from the config, else the test that was used last here. */
async function whatToWatch(args: Args, context: Context): Promise<{ readonly test: TestName; readonly url: Secret }> {
  const { stores } = createWorld(context);
  let test: TestName | undefined;
  if (args.config !== undefined) {
    const loaded = await loadTest(args.config);
    if (loaded.spec === undefined)
      throw new TmError({
        kind: 'config',
        faults: loaded.faults,
        message: `${loaded.shown} has mistakes`,
        hint: `see them with tm validate ${loaded.shown}`,
      });
    test = loaded.spec.test;
  }
  const known = await stores.known();
  const state = test === undefined ? known[0] : known.find((one) => one.test === test);
  const name = test ?? state?.test;
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
