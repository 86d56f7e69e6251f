import type { TestName } from '../../model/names.ts';
import { summarizeRun } from '../../run/summarize-run.ts';
import { runsTable } from '../../views/lists/runs-table.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { createArchive, createWorld } from '../wire.ts';

/** `tm runs`: the runs that are kept here, newest first; with `--json` a line each. Reads only. */
export async function runsCommand(args: Args, context: Context): Promise<number> {
  const { stores, self } = createWorld(context);
  const archive = createArchive(context);
  const holders = new Map<TestName, Promise<string | undefined>>();
  const holderOf = (test: TestName): Promise<string | undefined> => {
    const known = holders.get(test);
    if (known !== undefined) return known;
    // A lock that cannot be read says nothing about the run.
    const asked = stores
      .open(test)
      .holder(self.machine)
      .then(
        (holder) => holder?.run,
        () => undefined,
      );
    holders.set(test, asked);
    return asked;
  };
  const summaries = [];
  for (const run of await archive.runs())
    summaries.push(await summarizeRun(archive, run, async (test) => (await holderOf(test)) === run.run));
  const { stdout, unicode } = context;
  const lines = args.json ? summaries.map((one) => JSON.stringify(one)) : runsTable(summaries, stdout, unicode);
  stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}
