import { relative } from 'node:path';
import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import { runTest } from '../../run/run-test.ts';
import { createJsonView } from '../../views/json/json-view.ts';
import { createRunLog } from '../../views/run-log/run-log.ts';
import { createRunView } from '../../views/run-view.ts';
import type { View } from '../../views/view.ts';
import type { Args } from '../args.ts';
import { askYesNo, canAsk } from '../ask.ts';
import type { Context } from '../context.ts';
import { loadTest } from '../load-test.ts';
import { printFaults } from '../print-faults.ts';
import { exitCodeOfSignal, onEndSignals } from '../signals.ts';
import { createWorld } from '../wire.ts';

/** `tm <config>` and `tm apply <config>`: the whole test. Gives the exit code of its verdict. */
export async function runCommand(args: Args, context: Context): Promise<number> {
  const externalRedis = args.redisUrl === undefined ? undefined : new Secret(args.redisUrl);
  const { desired, faults, shown } = await loadTest(args.config ?? '', externalRedis);
  printFaults(faults, args, context);
  if (desired === undefined) return 3;
  if (args.reset === 'all')
    await confirmReset(
      args,
      desired.spec.hosts.map((host) => host.name),
    );
  if (args.tui) context.stderr.write('tm: there is no TUI in this version; the console view is shown instead\n');

  const view = viewOf(args, context, desired.spec.logLevel);
  const shownPath = (path: string) => relative(process.cwd(), path) || path;
  const run = runTest(
    createWorld(context),
    {
      desired,
      ...(externalRedis === undefined ? {} : { externalRedis }),
      cleanup: args.keep ? 'keep' : args.command === 'apply' ? 'after-timeline' : 'always',
      reset: args.reset,
      runLog: (append) => createRunLog({ append, shownPath }),
    },
    [(event) => view.event(event)],
  );
  const quiet = onEndSignals(
    (signal) => run.stop(signal),
    (signal) => {
      const target = shown.includes(' ') ? `"${shown}"` : shown;
      context.stderr.write(
        `\ntm: ${signal} again, leaving at once. What was made stays on the hosts; remove it with: tm destroy ${target}\n`,
      );
      process.exit(exitCodeOfSignal(signal));
    },
  );
  try {
    const { exitCode } = await run.outcome;
    await view.close();
    return exitCode;
  } finally {
    quiet();
  }
}

function viewOf(
  args: Args,
  { stdout, stderr, unicode }: Context,
  logLevel: Parameters<typeof createRunView>[0]['logLevel'],
): View {
  if (args.json) return createJsonView({ write: (text) => stdout.write(text) });
  return createRunView({
    stdout,
    stderr,
    unicode,
    verbose: args.verbose,
    logLevel: args.verbose ? 'trace' : logLevel,
    shownPath: (path) => relative(process.cwd(), path) || path,
  });
}

async function confirmReset(args: Args, hosts: readonly string[]): Promise<void> {
  if (args.yes) return;
  const question = `Remove every container named tm-* from ${hosts.join(', ')}, whatever test it belongs to?`;
  if (!canAsk())
    throw new TmError({
      kind: 'usage',
      message: '--reset-hosts-all asks first, and there is no terminal to ask on',
      hint: 'add --yes to answer yes',
    });
  if (!(await askYesNo(question))) throw new TmError({ kind: 'usage', message: 'nothing was touched' });
}
