import { relative } from 'node:path';
import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { RunRequest } from '../../run/request.ts';
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
import { type EndSignal, exitCodeOfSignal, onEndSignals } from '../signals.ts';
import { createWorld } from '../wire.ts';

/** `tm <config>` and `tm apply <config>`: the whole test. Gives the exit code of its verdict. */
export async function runCommand(args: Args, context: Context): Promise<number> {
  let stopRun: ((by: EndSignal) => void) | undefined;
  let early: EndSignal | undefined;
  const quiet = onEndSignals(
    (signal) => {
      early = signal;
      stopRun?.(signal);
    },
    (signal) => leaveAtOnce(signal, args, context),
  );
  try {
    const request = await requestOf(args, context);
    if (request === 'invalid') return 3;
    // Nothing was begun yet, so there is nothing to stop.
    if (early !== undefined) return exitCodeOfSignal(early);
    const view = viewOf(args, context, request.desired.spec.logLevel);
    const run = runTest(createWorld(context), request, [(event) => view.event(event)]);
    stopRun = (signal) => run.stop(signal);
    const { exitCode } = await run.outcome;
    await view.close();
    return exitCode;
  } finally {
    quiet();
  }
}

/** What was asked for, or `invalid` after telling what is wrong with it. */
async function requestOf(args: Args, context: Context): Promise<RunRequest | 'invalid'> {
  const externalRedis = args.redisUrl === undefined ? undefined : new Secret(args.redisUrl);
  const { desired, faults } = await loadTest(args.config ?? '', externalRedis);
  printFaults(faults, args, context);
  if (desired === undefined) return 'invalid';
  const hosts = desired.spec.hosts.map((host) => host.name);
  if (args.reset === 'all') await confirmReset(args, hosts);
  if (args.tui) context.stderr.write('tm: there is no TUI in this version; the console view is shown instead\n');
  return {
    desired,
    ...(externalRedis === undefined ? {} : { externalRedis }),
    cleanup: args.keep ? 'keep' : args.command === 'apply' ? 'after-timeline' : 'always',
    reset: args.reset,
    runLog: (append) => createRunLog({ append, shownPath }),
  };
}

function leaveAtOnce(signal: EndSignal, { config = '' }: Args, context: Context): never {
  const target = /\s/.test(config) ? `"${config}"` : config;
  context.stderr.write(
    `\ntm: ${signal} again, leaving at once. What was made stays on the hosts; remove it with: tm destroy ${target}\n`,
  );
  process.exit(exitCodeOfSignal(signal));
}

const shownPath = (path: string): string => relative(process.cwd(), path) || path;

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
    shownPath,
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
