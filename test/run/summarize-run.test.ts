import { describe, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import { peerName } from '../../src/model/names.ts';
import { summarizeRun } from '../../src/run/summarize-run.ts';
import { verdictOf } from '../../src/run/verdict.ts';
import { journalOf, memoryArchive } from '../fakes/memory-archive.ts';
import { dies, expects, passes } from '../views/scenarios.ts';

async function summaryOf(lines: readonly string[], running = false) {
  const archive = memoryArchive({ one: lines });
  const summary = await summarizeRun(archive, await archive.find(), async () => running);
  return { ...summary, reads: archive.reads.lines };
}

/** Two megabytes of log lines before the end of the timeline: more than a first look at the end sees. */
function large(events: readonly TmEvent[]): readonly TmEvent[] {
  const message = 'x'.repeat(1000);
  const logs = Array.from(
    { length: 2000 },
    (): TmEvent => ({ seq: 99, atMs: 9000, time: '', type: 'log', peer: peerName('bob'), level: 'info', message }),
  );
  const end = events.findIndex((event) => event.type === 'timeline-ended');
  return [...events.slice(0, end), ...logs, ...events.slice(end)];
}

/** The same run with every expectation met. */
const allMet = (events: readonly TmEvent[]): readonly TmEvent[] =>
  events.map((event) => {
    if (event.type === 'expectation-decided') return { ...event, outcome: 'met' };
    return event.type === 'verdict' ? { ...event, verdict: { kind: 'passed' } } : event;
  });

describe('a summary', () => {
  test('of a run says how it ended, when, how long it took, and what was met', async () => {
    expect(await summaryOf(journalOf(expects()))).toEqual({
      run: 'one',
      path: '/somewhere/.tm/test/runs/one',
      test: 'smoke-5peer',
      startedAt: '2026-02-03T14:02:11.031Z',
      peers: 5,
      expectations: { met: 3, unmet: 2, all: 5 },
      state: { kind: 'ended', verdict: 'failed', exitCode: 0, ms: 36_739 },
      reads: 0,
    });
    expect((await summaryOf(journalOf(passes()))).expectations).toEqual({ met: 0, unmet: 0, all: 0 });
  });

  test('of a large run that passed is read from its two ends', async () => {
    const { reads, ...summary } = await summaryOf(journalOf(large(allMet(expects()))));
    expect(summary).toMatchObject({
      startedAt: '2026-02-03T14:02:11.031Z',
      peers: 5,
      expectations: { met: 5, unmet: 0, all: 5 },
      state: { verdict: 'passed' },
    });
    expect(reads).toBeLessThan(10);
  });

  test.each([
    [['2 of 5 expectations unmet', 'dave died: exited with 3'], { met: 3, unmet: 2, all: 5 }],
    [['dave died: exited with 3', '1 of 5 expectations unmet, 3 undecided'], { met: 1, unmet: 1, all: 5 }],
    [['4 of 5 expectations undecided'], { met: 1, unmet: 0, all: 5 }],
    [['dave died: exited with 3'], { met: 5, unmet: 0, all: 5 }],
  ])('of a large run that failed, too, because of %j', async (reasons, expectations) => {
    const events = large(expects()).map((event) =>
      event.type === 'verdict' ? ({ ...event, verdict: { kind: 'failed', reasons } } as const) : event,
    );
    const { reads, ...summary } = await summaryOf(journalOf(events));
    expect(summary).toMatchObject({ peers: 5, expectations, state: { verdict: 'failed' } });
    expect(reads).toBeLessThan(10);
  });

  test('of a large run that broke off counts what was decided, wherever that stands', async () => {
    const events = large(expects()).map((event) =>
      event.type === 'verdict' ? ({ ...event, verdict: { kind: 'errored', faults: [] } } as const) : event,
    );
    expect(await summaryOf(journalOf(events))).toMatchObject({
      peers: 5,
      expectations: { met: 3, unmet: 2, all: 5 },
      state: { verdict: 'errored' },
    });
  });

  test('reads the count as a verdict words it', () => {
    const outcomes = ['met', 'unmet', 'undecided', 'met', 'unmet'] as const;
    const verdict = verdictOf({ faults: [], rules: [], expectations: outcomes });
    expect(verdict).toMatchObject({ reasons: ['2 of 5 expectations unmet, 1 undecided'] });
  });

  test('finds a verdict that stands far before the end', async () => {
    const events = large(allMet(expects()));
    const plan = { pad: 'x'.repeat(1_500_000) };
    const wide = events.map((event) =>
      event.type === 'planned' && event.plan.intent === 'teardown' ? { ...event, ...plan } : event,
    );
    expect((await summaryOf(journalOf(wide))).state).toMatchObject({ kind: 'ended', verdict: 'passed' });
  });

  test('of a resumed run is that of its last attempt', async () => {
    const attempts = [...expects(), ...dies()];
    expect(await summaryOf(journalOf(attempts))).toMatchObject({ expectations: { met: 0, unmet: 0, all: 0 } });
  });

  test.each([
    [true, 'running'],
    [false, 'did-not-end'],
  ])('of a run without an end, whose tm is there: %s', async (there, kind) => {
    const lines = journalOf(expects().slice(0, 60));
    const torn = [...lines, '{"seq":61,"type":"verdict","verd'];
    expect((await summaryOf(torn, there)).state).toEqual({ kind });
  });

  test('of a journal that cannot be used says why', async () => {
    expect((await summaryOf([])).state).toMatchObject({ kind: 'unreadable', because: 'its journal names no run' });
    const archive = memoryArchive({});
    const summary = await summarizeRun(archive, { run: 'gone', path: '/x' }, async () => true);
    expect(summary.state).toEqual({ kind: 'unreadable', because: 'cannot read gone' });
  });
});
