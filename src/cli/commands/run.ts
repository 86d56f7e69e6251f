import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import { shellWord } from '../../views/shell-word.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { askYesNo, canAsk } from '../input/ask.ts';
import { loadCells } from '../input/load-test.ts';
import { printFaults } from '../output/print-faults.ts';
import { askedBy } from '../run/asked-by.ts';
import { listenForEnd } from '../run/end-requests.ts';
import { runMany } from '../run/run-many.ts';
import { runOnce } from '../run/run-once.ts';
import { runRequest } from '../run/run-request.ts';
import { type EndSignal, exitCodeOfSignal } from '../run/signals.ts';
import { createWorld } from '../wire.ts';

/** `tm <config>` and `tm apply <config>`: the whole test, as often as is asked for. Gives the exit code of its verdict, the worst of several. */
export async function runCommand(args: Args, context: Context): Promise<number> {
  const requests = listenForEnd((signal) => leaveAtOnce(signal, args, context));
  try {
    const externalRedis = args.redisUrl === undefined ? undefined : new Secret(args.redisUrl);
    const { tests, faults } = await loadCells(args.config ?? '', args, context, externalRedis);
    printFaults(faults, args, context);
    const [only, ...others] = tests ?? [];
    if (tests === undefined || only === undefined) return 3;
    const single = others.length === 0 && args.repeat === 1;
    refuseUseless(args, single);
    const hosts = tests.flatMap(({ desired }) => desired.spec.hosts.map((host) => host.name));
    if (args.reset === 'all') await confirmReset(args, [...new Set(hosts)]);
    // Nothing was begun yet, so there is nothing to stop.
    if (requests.signal !== undefined) return exitCodeOfSignal(requests.signal);
    const world = createWorld(context);
    const run: Parameters<typeof runMany>[4] = (test, changes) => {
      const asked = askedBy(args, context, { ...test, several: !single });
      const request = { ...runRequest(test, args, externalRedis, asked), ...changes };
      return runOnce(world, request, { args, context, requests, asked });
    };
    if (single) return (await run(only, {})).exitCode;
    return await runMany(tests, args, context, requests, run);
  } finally {
    requests.close();
  }
}

/** Options that say nothing here, or that would make the runs stand in each other's way. */
function refuseUseless(args: Args, single: boolean): void {
  if (single && args.untilFailure)
    throw new TmError({
      kind: 'usage',
      message: '--until-failure says when to end several runs, and there is one',
      hint: 'say how many at most: --repeat 100 --until-failure',
    });
  if (!single && args.keep && !args.untilFailure)
    throw new TmError({
      kind: 'usage',
      message: '--keep leaves what a run made, and here another run follows',
      hint: 'with --until-failure it leaves what the run that fails has made',
    });
}

function leaveAtOnce(signal: EndSignal, args: Args, context: Context): never {
  const { which } = askedBy(args, context, { cell: { name: '', vars: {} }, secrets: [], several: false });
  const words = [args.config ?? '', ...which].map(shellWord).join(' ');
  context.stderr.write(
    `\ntm: ${signal} again, leaving at once. What was made stays on the hosts; remove it with: tm destroy ${words}\n`,
  );
  process.exit(exitCodeOfSignal(signal));
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
