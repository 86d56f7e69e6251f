import type { Desired } from '../../model/desired.ts';
import { countOf } from '../../views/count-of.ts';
import type { Args } from '../args.ts';
import type { Context } from '../context.ts';
import { loadTest } from '../load-test.ts';
import { printFaults } from '../print-faults.ts';

/** `tm validate <config>`: faults and warnings; 0, or 3 where there is an error. */
export async function validateCommand(args: Args, context: Context): Promise<number> {
  const { desired, faults, shown } = await loadTest(args.config ?? '');
  printFaults(faults, args, context);
  if (desired === undefined) return 3;
  if (!args.json) context.stdout.write(`${shown} is valid: ${countsOf(desired)}\n`);
  return 0;
}

/** `2 hosts, 5 peers, 12 commands`. */
function countsOf({ spec, peers }: Desired): string {
  return [
    countOf(spec.hosts.length, 'host'),
    countOf(peers.length, 'peer'),
    countOf(spec.commands.length, 'command'),
  ].join(', ');
}
