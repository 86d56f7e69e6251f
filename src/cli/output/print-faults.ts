import type { ConfigFault, Fault } from '../../model/fault.ts';
import { jsonConfigFaults } from '../../views/fault/json-config-faults.ts';
import { renderConfigFaults } from '../../views/fault/render-config-faults.ts';
import { renderFault } from '../../views/fault/render-fault.ts';
import type { Output } from '../../views/output.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';

type Format = Pick<Args, 'json'>;

/**
 * Tells what is wrong with a config, all at once. For `validate` the faults are the data, on stdout; everywhere else they are why
 * something does not begin, on stderr.
 */
export function printFaults(
  faults: readonly ConfigFault[],
  args: Format & Pick<Args, 'command'>,
  context: Context,
): void {
  if (faults.length === 0) return;
  const output = args.command === 'validate' ? context.stdout : context.stderr;
  output.write(args.json ? jsonConfigFaults(faults) : `${renderConfigFaults(faults, style(output, context))}\n`);
}

/** Tells on stderr what failed, where, and what to try; with `--json` as one line `{"fault":…}`. */
export function printFault(fault: Fault, args: Format, context: Context): void {
  const { stderr } = context;
  stderr.write(
    args.json ? `${JSON.stringify({ fault })}\n` : `${renderFault(fault, style(stderr, context)).trimEnd()}\n`,
  );
}

function style(output: Output, { unicode }: Context) {
  return { color: output.color, unicode, width: output.isTTY ? output.width() : 120 };
}
