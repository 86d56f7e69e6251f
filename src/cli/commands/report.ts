import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { TmError } from '../../model/fault.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { saveReports } from '../output/save-reports.ts';
import { createArchive } from '../wire.ts';

/** `tm report [run]`: writes the reports of a run again, from its journal alone, and prints their paths. */
export async function reportCommand(args: Args, context: Context): Promise<number> {
  const archive = createArchive(context);
  const run = await archive.find(args.operands[0]);
  const { output } = args;
  const { paths } = await saveReports(archive, run, output === undefined ? undefined : writerInto(output));
  for (const path of Object.values(paths)) context.stdout.write(`${relative(process.cwd(), path) || path}\n`);
  return 0;
}

/** Writes files into a directory, which is made where it is missing. */
function writerInto(directory: string): (name: string, content: string) => Promise<string> {
  return async (name, content) => {
    const path = join(directory, name);
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(path, content);
      return path;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new TmError({ kind: 'failed', message: `cannot write ${path}: ${why}` }, { cause: error });
    }
  };
}
