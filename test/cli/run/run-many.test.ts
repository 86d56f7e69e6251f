import { describe, expect, test } from 'vitest';
import type { Args } from '../../../src/cli/input/args.ts';
import { parseCommandLine } from '../../../src/cli/input/args.ts';
import type { EndRequests } from '../../../src/cli/run/end-requests.ts';
import { type RunTest, runMany } from '../../../src/cli/run/run-many.ts';
import type { RunRequest } from '../../../src/run/request.ts';
import type { Attempt } from '../../../src/views/summary/attempt.ts';
import { sampleDesired } from '../../fakes/sample-spec.ts';
import { fakeTerminal } from '../../views/fake-terminal.ts';

const args = (...words: readonly string[]): Args => parseCommandLine(['apply', 'c.yaml', ...words], {});

/** Runs these combinations; `ends` says how each run ends, by the combination and the number of the run. */
async function many(
  names: readonly string[],
  words: readonly string[],
  ends: (name: string, number: number) => Pick<Attempt, 'verdict' | 'exitCode'>,
  signalAfter = Number.POSITIVE_INFINITY,
) {
  const stdout = fakeTerminal({ isTTY: false });
  const runs: { readonly name: string; readonly changes: Partial<RunRequest> }[] = [];
  const requests: EndRequests = {
    get signal() {
      return runs.length >= signalAfter ? ('SIGTERM' as const) : undefined;
    },
    hold: () => {},
    close: () => {},
  };
  const run: RunTest = async ({ cell }, changes) => {
    runs.push({ name: cell.name, changes });
    return { ...ends(cell.name, runs.length), ms: 1000, causes: [] };
  };
  const desired = sampleDesired();
  const tests = names.map((name) => ({
    desired,
    cell: { name, vars: {} },
    faults: [],
    shown: 'c.yaml',
    secrets: [],
    text: '',
  }));
  const context = { stdout, stderr: fakeTerminal(), unicode: true, environment: {} };
  const exitCode = await runMany(tests, args(...words), context, requests, run);
  return {
    exitCode,
    names: runs.map(({ name }) => name),
    changes: runs.map(({ changes }) => changes),
    text: stdout.raw(),
  };
}

const PASSED = { verdict: 'passed', exitCode: 0 } as const;
const FAILED = { verdict: 'failed', exitCode: 1 } as const;

describe('several runs', () => {
  test('go through all combinations, and then through all again; the exit code is 0 only when all passed', async () => {
    const { exitCode, names, text } = await many(['a', 'b'], ['--repeat', '2'], () => PASSED);
    expect(names).toEqual(['a', 'b', 'a', 'b']);
    expect(exitCode).toBe(0);
    expect(text.split('\n').filter((line) => line.startsWith('run '))).toEqual([
      'run 1 of 4 · a',
      'run 2 of 4 · b',
      'run 3 of 4 · a',
      'run 4 of 4 · b',
    ]);
    expect(text).toContain('✔ 4 of 4 runs passed');
  });

  test('have the exit code of the worst', async () => {
    const { exitCode, text } = await many([''], ['--repeat', '3'], (_, number) =>
      number === 2 ? { verdict: 'errored', exitCode: 4 } : number === 3 ? FAILED : PASSED,
    );
    expect(exitCode).toBe(4);
    expect(text).toContain('✖ 1 of 3 runs passed');
  });

  test('end with the first that does not pass, where that is wanted', async () => {
    const { exitCode, names } = await many(['a', 'b'], ['--repeat', '5', '--until-failure'], (_, number) =>
      number === 3 ? FAILED : PASSED,
    );
    expect(names).toEqual(['a', 'b', 'a']);
    expect(exitCode).toBe(1);
  });

  test('end with one that was interrupted, and begin none after a signal', async () => {
    const asked = await many([''], ['--repeat', '5'], (_, number) =>
      number === 2 ? { verdict: 'interrupted', exitCode: 130 } : PASSED,
    );
    expect([asked.names.length, asked.exitCode]).toEqual([2, 130]);
    const between = await many([''], ['--repeat', '5'], () => PASSED, 1);
    expect([between.names.length, between.exitCode]).toEqual([1, 143]);
  });

  test('clean up behind each, unless the failed one is to be kept; hosts are reset once', async () => {
    const { changes } = await many(['a', 'b'], ['--repeat', '2', '--reset-hosts'], () => PASSED);
    expect(changes).toEqual([
      { cleanup: 'always' },
      { cleanup: 'always' },
      { cleanup: 'always', reset: 'none' },
      { cleanup: 'always', reset: 'none' },
    ]);
    const kept = await many([''], ['--repeat', '2', '--keep', '--until-failure'], () => PASSED);
    expect(kept.changes).toEqual([{}, { reset: 'none' }]);
  });

  test('tell programs in one line at the end, and nothing else', async () => {
    const { text } = await many(['a'], ['--repeat', '2', '--json'], () => PASSED);
    expect(text.endsWith('\n')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ type: 'summary', version: 1, planned: 2, ran: 2, passed: 2, exitCode: 0 });
  });
});
