import { Secret } from '../../lib/secret.ts';
import type { Desired } from '../../model/desired.ts';
import { desiredOfState, destroyTest, withRemembered } from '../../run/destroy.ts';
import { createJsonView } from '../../views/json/json-view.ts';
import { createRunView } from '../../views/run-view.ts';
import type { Args } from '../args.ts';
import type { Context } from '../context.ts';
import { loadTest } from '../load-test.ts';
import { printFault, printFaults } from '../print-faults.ts';
import { createWorld } from '../wire.ts';

/** `tm destroy [config]`: 0 when nothing is left. Without a config, every test that `.tm/` remembers. */
export async function destroyCommand(args: Args, context: Context): Promise<number> {
  const externalRedis = args.redisUrl === undefined ? undefined : new Secret(args.redisUrl);
  const world = createWorld(context);
  const tests = await testsToDestroy(args, context, externalRedis);
  if (tests === 'invalid') return 3;
  let exitCode = 0;
  for (const desired of tests) {
    const view = args.json
      ? createJsonView({ write: (text) => context.stdout.write(text) })
      : createRunView({ ...context, verbose: args.verbose, logLevel: 'info' });
    const request = { desired, images: args.images, ...(externalRedis === undefined ? {} : { externalRedis }) };
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

async function testsToDestroy(
  args: Args,
  context: Context,
  externalRedis: Secret | undefined,
): Promise<readonly Desired[] | 'invalid'> {
  const { stores } = createWorld(context);
  if (args.config === undefined) {
    const known = await stores.known();
    if (known.length === 0) context.stdout.write('nothing is known here: .tm/ remembers no test\n');
    return known.map(desiredOfState);
  }
  const { desired, faults } = await loadTest(args.config, externalRedis);
  printFaults(faults, args, context);
  if (desired === undefined) return 'invalid';
  return [withRemembered(desired, await stores.open(desired.spec.test).readState())];
}
