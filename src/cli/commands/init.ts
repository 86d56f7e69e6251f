import { writeFile } from 'node:fs/promises';
import { STARTER } from '../../config/starter.generated.ts';
import { TmError } from '../../model/fault.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';

/** `tm init [config]`: writes a commented config to begin with; never over a file that is there. */
export async function initCommand(args: Args, context: Context): Promise<number> {
  const path = args.config ?? 'mule.yaml';
  try {
    await writeFile(path, STARTER, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new TmError({
      kind: 'usage',
      message: `${path} is there already`,
      hint: 'give another name: tm init other.yaml',
    });
  }
  context.stdout.write(`wrote ${path}\nnext: tm plan ${path}, then tm ${path}\n`);
  return 0;
}
