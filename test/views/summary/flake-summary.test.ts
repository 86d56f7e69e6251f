import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { testName } from '../../../src/model/names.ts';
import { type Attempt, createAttemptFold } from '../../../src/views/summary/attempt.ts';
import { type CellAttempts, flakeSummary } from '../../../src/views/summary/flake-summary.ts';
import { flakeSummaryJson } from '../../../src/views/summary/flake-summary-json.ts';
import { renderFlakeSummary } from '../../../src/views/summary/render-flake-summary.ts';
import { cannotStart, dies, isInterrupted, passes } from '../scenarios.ts';

const fold = (events: ReturnType<typeof passes>, exitCode: number): Attempt => {
  const attempt = createAttemptFold();
  for (const event of events) attempt.hear(event);
  return attempt.result(exitCode);
};

let number = 0;
const passed = (ms: number): Attempt => ({ ...run(), verdict: 'passed', exitCode: 0, ms, causes: [] });
const failed = (ms: number, ...causes: readonly string[]): Attempt => ({
  ...run(),
  verdict: 'failed',
  exitCode: 1,
  ms,
  causes,
});
const run = () => {
  number += 1;
  return { run: `t-${number}` as NonNullable<Attempt['run']>, directory: `/d/.tm/t/runs/t-${number}` };
};

const text = (cells: readonly CellAttempts[], planned: number, width?: number): string =>
  renderFlakeSummary(flakeSummary(testName('smoke'), planned, cells), {
    color: new Chalk({ level: 0 }),
    unicode: true,
    shownPath: (path) => path.replace('/d/', ''),
    ...(width === undefined ? {} : { width }),
  });

describe('what a run leaves for a summary', () => {
  test('of one that passed: its time, and no causes', () => {
    const attempt = fold(passes(), 0);
    expect(attempt).toMatchObject({ verdict: 'passed', exitCode: 0, causes: [] });
    expect(attempt.run).toBeDefined();
    expect(attempt.ms).toBeGreaterThan(0);
  });

  test('of one that failed: expectations that are not met, and broken rules', () => {
    const attempt = fold(dies(), 1);
    expect(attempt.verdict).toBe('failed');
    expect(attempt.causes.length).toBeGreaterThan(0);
    expect(attempt.causes.join('\n')).toMatch(/charlie died/);
  });

  test('of one that could not start: its faults; of one that was interrupted: nothing', () => {
    expect(fold(cannotStart(), 4)).toMatchObject({
      verdict: 'errored',
      causes: expect.arrayContaining([expect.stringMatching(/host key/)]),
    });
    expect(fold(isInterrupted(), 130)).toMatchObject({ verdict: 'interrupted', causes: [] });
  });

  test('of one that passed and could not clean up: that', () => {
    expect(fold(passes(), 4).causes).toEqual(['it passed, and cleaning up behind it went wrong']);
  });
});

describe('a flake summary', () => {
  test('of one test', () => {
    number = 0;
    const attempts = [
      passed(1900),
      failed(5000, 'bob: log "hi" by 20 s: unmet', 'bob died: exited with 3 56 ms after "risk"'),
      passed(2800),
      failed(3200, 'bob died: exited with 3 1.6 s after "risk"'),
      passed(2800),
    ];
    expect(text([{ name: '', vars: {}, attempts }], 5)).toMatchInlineSnapshot(`
      "✖ 3 of 5 runs passed: smoke
        passed   min  median   max
        3 of 5  1.9s    2.8s  5.0s
          2 × bob died: exited with 3 … after "risk"
              t-2, t-4
          1 × bob: log "hi" by 20 s: unmet
              t-2
        evidence  .tm/t/runs
        next      tm replay t-2
      "
    `);
  });

  test('of a matrix, of which not all was run', () => {
    number = 0;
    const cells = [
      { name: 'size=3 t=tcp', vars: { size: '3', t: 'tcp' }, attempts: [passed(61_000), passed(62_000)] },
      {
        name: 'size=12 t=quic',
        vars: { size: '12', t: 'quic' },
        attempts: [failed(9000, 'alice did not start within 60 s')],
      },
      { name: 'size=12 t=tcp', vars: { size: '12', t: 'tcp' }, attempts: [] },
    ];
    expect(text(cells, 6)).toMatchInlineSnapshot(`
      "✖ 2 of 3 runs passed: smoke, 3 combinations, 6 were wanted
                           passed    min  median    max
        ✔ size=3 t=tcp     2 of 2  61.0s   61.5s  62.0s
        ✖ size=12 t=quic   0 of 1   9.0s    9.0s   9.0s
            1 × alice did not start within 60 s
                t-3
        · size=12 t=tcp   not run
        evidence  .tm/t/runs
        next      tm replay t-3
      "
    `);
  });

  test('that was interrupted', () => {
    number = 0;
    const interrupted: Attempt = { ...run(), verdict: 'interrupted', exitCode: 130, ms: 10, causes: [] };
    expect(text([{ name: '', vars: {}, attempts: [passed(1000), interrupted] }], 9)).toMatchInlineSnapshot(`
      "■ 1 of 1 run passed: smoke, 1 interrupted, 9 were wanted
        passed   min  median   max
        1 of 1  1.0s    1.0s  1.0s
        evidence  .tm/t/runs
      "
    `);
    expect(text([{ name: '', vars: {}, attempts: [interrupted] }], 9)).toMatchInlineSnapshot(`
      "■ no run came to its end: smoke, 1 interrupted, 9 were wanted
         passed  min  median  max
        not run
        evidence  .tm/t/runs
      "
    `);
  });

  test('fits a narrow terminal, and shows control characters of a peer', () => {
    number = 0;
    const runs = Array.from({ length: 12 }, () =>
      failed(1000, `bob: log "${'long '.repeat(12)}\u001b[2J" by 20 s: unmet`),
    );
    const drawn = text([{ name: '', vars: {}, attempts: runs }], 12, 50);
    expect(drawn.split('\n').every((line) => line.length <= 50)).toBe(true);
    expect(drawn).not.toContain('\u001b');
    expect(drawn).toMatch(/t-10 and 2\s+more/);
  });

  test('counts by what is the same in the texts, and leaves the worst exit code', () => {
    number = 0;
    const attempts = [
      failed(1, 'a died 5 ms after "x"', 'a died 7 ms after "x"'),
      { ...failed(2, 'a died 9 s after "x"'), exitCode: 4 },
      passed(4),
    ];
    const summary = flakeSummary(testName('smoke'), 3, [{ name: '', vars: {}, attempts }]);
    expect(summary).toMatchObject({ exitCode: 4, ran: 3, passed: 1, cells: [{ ms: { min: 1, median: 2, max: 4 } }] });
    expect(summary.cells[0]?.causes).toEqual([{ text: 'a died … after "x"', count: 2, runs: ['t-1', 't-2'] }]);
    expect(JSON.parse(flakeSummaryJson(summary))).toMatchObject({
      type: 'summary',
      version: 1,
      planned: 3,
      exitCode: 4,
    });
  });

  test('of no run at all has the exit code of the signal that came first', () => {
    expect(flakeSummary(testName('smoke'), 3, [{ name: '', vars: {}, attempts: [] }], 130)).toMatchObject({
      exitCode: 130,
      ran: 0,
    });
  });
});
