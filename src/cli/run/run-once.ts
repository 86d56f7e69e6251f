import { resolve } from 'node:path';
import type { ArchivedRun } from '../../ports/archive.ts';
import type { RunRequest } from '../../run/request.ts';
import { runTest } from '../../run/run-test.ts';
import type { World } from '../../run/world.ts';
import type { AskedBy } from '../../views/console/asked-by.ts';
import { type Attempt, createAttemptFold } from '../../views/summary/attempt.ts';
import type { View } from '../../views/view.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { tellGitHub } from '../output/github.ts';
import { saveReports } from '../output/save-reports.ts';
import { createArchive } from '../wire.ts';
import type { Ending, EndRequests } from './end-requests.ts';
import { chooseRunView } from './run-view.ts';

/** Who asked for a run, and how. */
interface Asker {
  readonly args: Args;
  readonly context: Context;
  readonly requests: EndRequests;
  readonly asked: AskedBy;
}

/** Writes the reports of a run that is over. What cannot be written is told, and changes nothing of its verdict. */
async function report(run: ArchivedRun, context: Context): Promise<void> {
  try {
    const { facts } = await saveReports(createArchive(context), run);
    await tellGitHub(facts, context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.stderr.write(`tm: the reports could not be written: ${why}; tm report ${run.run} tries again\n`);
  }
}

/** Runs a test once, before the eyes of whoever started it, and gives what became of it. */
export async function runOnce(
  world: World,
  request: RunRequest,
  { args, context, requests, asked }: Asker,
): Promise<Attempt> {
  let ending: Ending | undefined;
  const view: View = await chooseRunView(args, context, request.desired.spec.logLevel, asked, () => ending?.stop('q'));
  const fold = createAttemptFold();
  let begun: ArchivedRun | undefined;
  const run = runTest(world, request, [
    (event) => view.event(event),
    (event) => fold.hear(event),
    (event) => {
      if (event.type === 'run-started') begun = { run: event.run, path: resolve(event.directory) };
    },
  ]);
  ending = { stop: (by) => run.stop(by), leave: () => view.leave?.() };
  requests.hold(ending);
  const { exitCode } = await run.outcome;
  await view.close();
  if (begun !== undefined) await report(begun, context);
  requests.hold(undefined);
  return fold.result(exitCode);
}
