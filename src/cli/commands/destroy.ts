import { canonicalJson } from '../../lib/digest.ts';
import { Secret } from '../../lib/secret.ts';
import type { Desired } from '../../model/desired.ts';
import type { Stores } from '../../ports/store.ts';
import { desiredOfState, destroyTest, withRemembered } from '../../run/destroy.ts';
import { createJsonView } from '../../views/json/json-view.ts';
import { createRunView } from '../../views/run-view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { loadCells } from '../input/load-test.ts';
import { printFault, printFaults } from '../output/print-faults.ts';
import { createWorld } from '../wire.ts';

/** `tm destroy [config]`: 0 when nothing is left. Without a config, every test that `.tm/` remembers. */
export async function destroyCommand(args: Args, context: Context): Promise<number> {
  const externalRedis = args.redisUrl === undefined ? undefined : new Secret(args.redisUrl);
  const world = createWorld(context);
  const found = await testsToDestroy(args, context, externalRedis);
  if (found === 'invalid') return 3;
  const { tests, secrets } = found;
  let exitCode: number = found.exitCode;
  for (const desired of tests) {
    const view = args.json
      ? createJsonView({ write: (text) => context.stdout.write(text) })
      : createRunView({ ...context, verbose: args.verbose, logLevel: 'info' });
    const request = {
      desired,
      secrets,
      images: args.images,
      ...(externalRedis === undefined ? {} : { externalRedis }),
    };
    const outcome = await destroyTest(world, request, [(event) => view.event(event)]);
    await view.close();
    for (const fault of outcome.faults) printFault(fault, args, context);
    if (outcome.left.length > 0)
      context.stderr.write(`still there:\n${outcome.left.map((one) => `  ${one}\n`).join('')}`);
    else if (outcome.exitCode === 0 && !args.json) context.stdout.write(`${desired.spec.test}: nothing is left\n`);
    exitCode = Math.max(exitCode, outcome.exitCode);
  }
  return exitCode;
}

/** What is to be destroyed, and 1 where something is that cannot be found without its config. */
interface Found {
  readonly tests: readonly Desired[];
  /** What nothing that is kept of it may hold. */
  readonly secrets: readonly Secret[];
  readonly exitCode: 0 | 1;
}

async function testsToDestroy(
  args: Args,
  context: Context,
  externalRedis: Secret | undefined,
): Promise<Found | 'invalid'> {
  const { stores } = createWorld(context);
  if (args.config === undefined) {
    let exitCode: Found['exitCode'] = 0;
    const known = await stores.known((fault) => {
      exitCode = 1;
      printFault(fault, args, context);
    });
    if (known.length === 0 && exitCode === 0) context.stdout.write('nothing is known here: .tm/ remembers no test\n');
    return { tests: known.map(desiredOfState), secrets: [], exitCode };
  }
  const { tests, faults } = await loadCells(args.config, args, context, externalRedis);
  printFaults(faults, args, context);
  if (tests === undefined) return 'invalid';
  const all = distinct(tests.map(({ desired }) => desired));
  const secrets = tests.flatMap((test) => test.secrets);
  return { tests: await Promise.all(all.map((desired) => asRemembered(desired, stores))), secrets, exitCode: 0 };
}

/** Combinations of a matrix are often one test on the same hosts; they differ where its name or its hosts name vars. */
function distinct(tests: readonly Desired[]): readonly Desired[] {
  const identity = ({ spec: { test, hosts }, redis, images }: Desired): string =>
    canonicalJson({ test, hosts, redis, images });
  return [...new Map(tests.map((desired) => [identity(desired), desired])).values()];
}

async function asRemembered(desired: Desired, stores: Stores): Promise<Desired> {
  // One that cannot be used is told as a warning by the destroy itself, which goes on by the labels.
  const remembered = await stores
    .open(desired.spec.test)
    .readState()
    .catch(() => undefined);
  return withRemembered(desired, remembered);
}
