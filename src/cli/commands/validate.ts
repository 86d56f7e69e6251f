import { countText } from '../../views/fault/count-text.ts';
import type { Args } from '../args.ts';
import type { Context } from '../context.ts';
import { loadTest } from '../load-test.ts';
import { printFaults } from '../print-faults.ts';

/** `tm validate <config>`: faults and warnings; 0, or 3 where there is an error. */
export async function validateCommand(args: Args, context: Context): Promise<number> {
  const { desired, faults, shown } = await loadTest(args.config ?? '');
  printFaults(faults, args, context);
  if (desired === undefined) return 3;
  if (!args.json) context.stdout.write(`${shown} is valid: ${countText(desired)}\n`);
  return 0;
}
