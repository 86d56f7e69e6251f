import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { runId, testName } from '../../../src/model/names.ts';
import type { RunState, RunSummary } from '../../../src/model/run-summary.ts';
import { runsTable } from '../../../src/views/lists/runs-table.ts';

const summary = (at: string, state: RunState, changes: Partial<RunSummary> = {}): RunSummary => ({
  run: runId(`smoke-5peer-${at.replace(/[ :]/g, '-')}`),
  path: '/x',
  test: testName('smoke-5peer'),
  startedAt: `${at.replace(' ', 'T')}.031Z`,
  peers: 5,
  expectations: { met: 4, unmet: 0, all: 4 },
  state,
  ...changes,
});

const RUNS: readonly RunSummary[] = [
  summary('2026-02-03 14:20:00', { kind: 'running' }, { expectations: { met: 1, unmet: 0, all: 4 } }),
  summary('2026-02-03 14:10:00', { kind: 'ended', verdict: 'passed', exitCode: 0, ms: 40_300 }),
  summary('2026-02-03 14:09:00', { kind: 'ended', verdict: 'passed', exitCode: 4, ms: 40_300 }),
  summary(
    '2026-02-03 14:02:11',
    { kind: 'ended', verdict: 'failed', exitCode: 1, ms: 125_000 },
    { expectations: { met: 3, unmet: 1, all: 4 } },
  ),
  summary(
    '2026-02-02 09:00:00',
    { kind: 'ended', verdict: 'interrupted', exitCode: 130, ms: 900 },
    { expectations: { met: 0, unmet: 0, all: 0 } },
  ),
  summary('2026-02-01 09:00:00', { kind: 'ended', verdict: 'errored', exitCode: 4, ms: 5_021 }, { peers: 500 }),
  summary('2026-01-31 09:00:00', { kind: 'did-not-end' }),
  { run: runId('odd'), path: '/x', state: { kind: 'unreadable', because: 'its journal names no run' } },
];

const drawn = (width: number | undefined, unicode = true): string =>
  `\n${runsTable(RUNS, { color: new Chalk({ level: 0 }), isTTY: width !== undefined, width: () => width ?? 0 }, unicode).join('\n')}\n`;

describe('runsTable', () => {
  test('in a pipe: everything', () => {
    expect(drawn(undefined)).toMatchInlineSnapshot(`
      "
                     test         started (UTC)             took  peers     met  run
      ▶ running      smoke-5peer  2026-02-03 14:20:00                 5  1 of 4  smoke-5peer-2026-02-03-14-20-00
      ✔ passed       smoke-5peer  2026-02-03 14:10:00       40 s      5  4 of 4  smoke-5peer-2026-02-03-14-10-00
      ⚠ passed       smoke-5peer  2026-02-03 14:09:00       40 s      5  4 of 4  smoke-5peer-2026-02-03-14-09-00
      ✖ failed       smoke-5peer  2026-02-03 14:02:11  2 min 5 s      5  3 of 4  smoke-5peer-2026-02-03-14-02-11
      ■ interrupted  smoke-5peer  2026-02-02 09:00:00     900 ms      5          smoke-5peer-2026-02-02-09-00-00
      ✖ broke off    smoke-5peer  2026-02-01 09:00:00        5 s    500  4 of 4  smoke-5peer-2026-02-01-09-00-00
      ⚠ did not end  smoke-5peer  2026-01-31 09:00:00                 5  4 of 4  smoke-5peer-2026-01-31-09-00-00
      ⚠ unreadable                                                               odd
      "
    `);
  });

  test.each([80, 60, 40])('at %i columns no line is longer, and every id is whole', (width) => {
    const text = drawn(width);
    expect(text).toMatchSnapshot();
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    for (const { run } of RUNS) expect(text).toContain(run);
  });

  test('without Unicode', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
    expect(drawn(undefined, false)).toMatch(/^[\x00-\x7f]*$/);
  });

  test('nothing is kept', () => {
    const output = { color: new Chalk({ level: 0 }), isTTY: false, width: () => 80 };
    expect(runsTable([], output, true)).toEqual(['no run is kept here; tm with a config makes one']);
  });
});
