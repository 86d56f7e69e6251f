import { Secret } from '../../lib/secret.ts';
import { redactPlan } from '../../plan/redact-plan.ts';
import { planOffline, planTest } from '../../run/plan-test.ts';
import { exitCodeOfFault } from '../../run/verdict.ts';
import { planJson } from '../../views/plan/plan-json.ts';
import { renderPlan } from '../../views/plan/render-plan.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { loadCells } from '../input/load-test.ts';
import { printFault, printFaults } from '../output/print-faults.ts';
import { untilSignal } from '../run/until-signal.ts';
import { createWorld } from '../wire.ts';

/** `tm plan <config>`: 0, or 2 with changes under `--detailed-exitcode`; 4 where somebody could not be asked. */
export async function planCommand(args: Args, context: Context): Promise<number> {
  const externalRedis = args.redisUrl === undefined ? undefined : new Secret(args.redisUrl);
  const { tests = [], faults } = await loadCells(args.config ?? '', args, context, externalRedis);
  printFaults(faults, args, context);
  const [first] = tests;
  if (first === undefined) return 3;
  const { desired } = first;
  const combinations = tests.map(({ cell }) => cell.name);
  const request = { desired, ...(externalRedis === undefined ? {} : { externalRedis }) };
  return untilSignal(async (signal) => {
    const outcome = args.offline ? planOffline(request) : await planTest(createWorld(context), request, signal);
    const { plan, summary, changes } = outcome;
    const { stdout } = context;
    if (args.json) stdout.write(`${planJson(redactPlan(plan), summary, desired.spec.expectations, combinations)}\n`);
    else
      stdout.write(
        renderPlan(plan, desired, {
          summary,
          color: stdout.color,
          width: stdout.isTTY ? stdout.width() : 120,
          verbose: args.verbose,
          unicode: context.unicode,
        }),
      );
    if (!args.json && combinations.length > 1) stdout.write(matrixText(combinations));
    const hindrances = outcome.faults.filter((fault) => fault.kind !== 'conflict');
    for (const fault of hindrances) printFault(fault, args, context);
    const code = Math.max(0, ...hindrances.map(exitCodeOfFault));
    if (code > 0) return code;
    return args.detailedExitCode && changes ? 2 : 0;
  });
}

/** A plan is of one combination; which one, and how many there are. */
function matrixText([first = '', ...others]: readonly string[]): string {
  return `The matrix has ${others.length + 1} combinations; this is the first, ${first}. tm apply runs all of them.\n`;
}
