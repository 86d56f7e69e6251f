import type { RunRequest } from '../run/request.ts';
import { runTest } from '../run/run-test.ts';
import type { World } from '../run/world.ts';
import { type Attempt, createAttemptFold } from '../views/summary/attempt.ts';
import type { View } from '../views/view.ts';
import type { Args } from './args.ts';
import type { Context } from './context.ts';
import type { Ending, EndRequests } from './end-requests.ts';
import { chooseRunView } from './run-view.ts';

/** Runs a test once, before the eyes of whoever started it, and gives what became of it. */
export async function runOnce(
  world: World,
  request: RunRequest,
  args: Args,
  context: Context,
  requests: EndRequests,
): Promise<Attempt> {
  let ending: Ending | undefined;
  const view: View = await chooseRunView(args, context, request.desired.spec.logLevel, () => ending?.stop('q'));
  const fold = createAttemptFold();
  const run = runTest(world, request, [(event) => view.event(event), (event) => fold.hear(event)]);
  ending = { stop: (by) => run.stop(by), leave: () => view.leave?.() };
  requests.hold(ending);
  const { exitCode } = await run.outcome;
  await view.close();
  requests.hold(undefined);
  return fold.result(exitCode);
}
