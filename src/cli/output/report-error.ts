import { TmError, toFault } from '../../model/fault.ts';
import { exitCodeOfFault } from '../../run/verdict.ts';
import { createContext } from '../create-context.ts';
import { printFault } from './print-faults.ts';

/** Says what ended the command, and gives the exit code for it. A defect of tm's own shows where it happened with `--verbose`. */
export function reportError(error: unknown, options: { readonly json: boolean; readonly verbose: boolean }): number {
  const context = createContext();
  const fault = toFault(error);
  printFault(fault, options, context);
  if (!(error instanceof TmError) && error instanceof Error && options.verbose)
    context.stderr.write(`${error.stack}\n`);
  return exitCodeOfFault(fault);
}
