import type { RunRequest } from '../../run/request.ts';
import { createPalette } from '../../views/palette.ts';
import type { Attempt } from '../../views/summary/attempt.ts';
import { flakeSummary } from '../../views/summary/flake-summary.ts';
import { flakeSummaryJson } from '../../views/summary/flake-summary-json.ts';
import { renderFlakeSummary } from '../../views/summary/render-flake-summary.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import type { LoadedCells } from '../input/load-test.ts';
import type { EndRequests } from './end-requests.ts';
import { shownPath } from './run-view.ts';
import { exitCodeOfSignal } from './signals.ts';

/** One combination of the matrix, or the test without one. */
type Test = NonNullable<LoadedCells['tests']>[number];

/** Runs a test once; `request` changes what the command line asks for. */
export type RunTest = (test: Test, changes: Partial<RunRequest>) => Promise<Attempt>;

/**
 * Runs every combination, and all of them as often as `--repeat` says, one after the other; then tells how often they passed. Gives the
 * exit code of the worst run. An interrupted run is the last one.
 */
export async function runMany(
  tests: readonly Test[],
  args: Args,
  context: Context,
  requests: EndRequests,
  run: RunTest,
): Promise<number> {
  const planned = tests.length * args.repeat;
  const cells = tests.map(({ cell }) => ({ ...cell, attempts: [] as Attempt[] }));
  let number = 0;
  for (const [index, test, first] of inTurn(tests, args.repeat)) {
    if (requests.signal !== undefined) break;
    number += 1;
    if (!args.json) context.stdout.write(heading(number, planned, test.cell.name, context));
    // What a run leaves would be in the way of the next one; what is reset is reset once.
    const attempt = await run(test, {
      ...(args.keep ? {} : { cleanup: 'always' }),
      ...(first ? {} : { reset: 'none' }),
    });
    cells[index]?.attempts.push(attempt);
    if (attempt.verdict === 'interrupted' || (args.untilFailure && attempt.exitCode !== 0)) break;
  }
  const [first] = tests;
  if (first === undefined) return 0;
  const early = requests.signal === undefined ? 0 : exitCodeOfSignal(requests.signal);
  const summary = flakeSummary(first.desired.spec.test, planned, cells, early);
  context.stdout.write(args.json ? `${flakeSummaryJson(summary)}\n` : `\n${rendered(summary, context)}`);
  return summary.exitCode;
}

/** Every combination once, then every one again: a flaky one shows early, and what is cut short has tried all alike. */
function* inTurn(
  tests: readonly Test[],
  times: number,
): Generator<readonly [index: number, test: Test, first: boolean]> {
  for (let round = 0; round < times; round++)
    for (const [index, test] of tests.entries()) yield [index, test, round === 0];
}

function heading(number: number, planned: number, cell: string, { stdout, unicode }: Context): string {
  const name = cell === '' ? '' : ` ${unicode ? '·' : '-'} ${cell}`;
  return `${number === 1 ? '' : '\n'}${createPalette(stdout.color).tone.strong(`run ${number} of ${planned}${name}`)}\n`;
}

function rendered(summary: ReturnType<typeof flakeSummary>, { stdout, unicode }: Context): string {
  const width = stdout.isTTY ? { width: stdout.width() } : {};
  return renderFlakeSummary(summary, { color: stdout.color, unicode, shownPath, ...width });
}
