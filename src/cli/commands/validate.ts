import type { Desired } from '../../model/desired.ts';
import { countOf } from '../../views/count-of.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { type LoadedCells, loadCells } from '../input/load-test.ts';
import { printFaults } from '../output/print-faults.ts';

/** `tm validate <config>`: faults and warnings; 0, or 3 where there is an error. */
export async function validateCommand(args: Args, context: Context): Promise<number> {
  const { tests = [], faults, shown } = await loadCells(args.config ?? '', args, context);
  printFaults(faults, args, context);
  const [first, ...others] = tests;
  if (first === undefined) return 3;
  if (!args.json)
    context.stdout.write(
      `${shown} is valid${others.length === 0 ? ': ' : inMatrix(tests)}${countsOf(first.desired)}\n`,
    );
  return 0;
}

/** What stands between a matrix of several combinations and the counts of the first one, which those of the others may differ from. */
function inMatrix(tests: NonNullable<LoadedCells['tests']>): string {
  const alike = new Set(tests.map(({ desired }) => countsOf(desired))).size === 1;
  return ` in all ${tests.length} combinations of its matrix${alike ? ': ' : `; the first, ${tests[0]?.cell.name}, has `}`;
}

/** `2 hosts, 5 peers, 12 commands, 3 expectations`. */
function countsOf({ spec, peers }: Desired): string {
  return [
    countOf(spec.hosts.length, 'host'),
    countOf(peers.length, 'peer'),
    countOf(spec.commands.length, 'command'),
    ...(spec.expectations.length === 0 ? [] : [countOf(spec.expectations.length, 'expectation')]),
  ].join(', ');
}
