import type { TmEvent, Verdict } from '../model/event.ts';
import { toFault } from '../model/fault.ts';
import { runId, type TestName } from '../model/names.ts';
import type { RunState, RunSummary } from '../model/run-summary.ts';
import type { Archive, ArchivedRun } from '../ports/archive.ts';

/** Bytes of a journal's end that are read at first. A journal that is no longer is read whole by that. */
const TAIL = 1 << 20;
/** How far that is widened to find a verdict: the plan of a large teardown stands behind it. */
const LONGEST_TAIL = 1 << 24;
/** Lines at the beginning of a journal among which the test describes itself. */
const HEAD_LINES = 4;

/**
 * What lists say of a kept run. Of a large journal only both ends are read, unless expectations were decided in it and no verdict on the
 * test counts them. `isRunning` is asked where no end is found. Never rejects: what cannot be read is said in the summary.
 */
export async function summarizeRun(
  archive: Archive,
  run: ArchivedRun,
  isRunning: (test: TestName) => Promise<boolean>,
): Promise<RunSummary> {
  const base = { run: runId(run.run), path: run.path };
  try {
    const facts = await factsOf(archive, run);
    const { started, described, ended, verdict } = facts;
    if (started === undefined) return { ...base, state: { kind: 'unreadable', because: 'its journal names no run' } };
    const state: RunState =
      ended !== undefined
        ? { kind: 'ended', verdict: verdict?.kind ?? 'errored', exitCode: ended.exitCode, ms: ended.ms }
        : { kind: (await isRunning(started.test)) ? 'running' : 'did-not-end' };
    const all = described?.expectations.length ?? 0;
    const { met, unmet } = facts;
    return {
      ...base,
      test: started.test,
      startedAt: started.time,
      peers: started.peers.length,
      expectations: { met, unmet, all },
      state,
    };
  } catch (error) {
    return { ...base, state: { kind: 'unreadable', because: toFault(error).message } };
  }
}

type EventOf<Type extends TmEvent['type']> = TmEvent & { readonly type: Type };

interface Facts {
  started: EventOf<'run-started'> | undefined;
  described: EventOf<'test-described'> | undefined;
  verdict: Verdict | undefined;
  ended: EventOf<'run-ended'> | undefined;
  met: number;
  unmet: number;
}

const WANTED = ['run-started', 'test-described', 'expectation-decided', 'verdict', 'run-ended'] as const;

async function factsOf(archive: Archive, run: ArchivedRun): Promise<Facts> {
  let end = fold(await archive.tail(run, TAIL));
  for (let bytes = TAIL * 4; !end.whole && end.facts.verdict === undefined && bytes <= LONGEST_TAIL; bytes *= 4)
    end = fold(await archive.tail(run, bytes));
  if (end.whole) return end.facts;
  const { started, described } = fold(await head(archive, run)).facts;
  const counted = countsOf(end.facts.verdict, described?.expectations.length ?? 0);
  if (counted !== undefined && end.facts.ended !== undefined) return { ...end.facts, started, described, ...counted };
  const facts = nothing();
  for await (const line of archive.journal(run)) learn(facts, line);
  return facts;
}

/** How many expectations were met, as a verdict says it; undefined where it does not. */
function countsOf(
  verdict: Verdict | undefined,
  all: number,
): { readonly met: number; readonly unmet: number } | undefined {
  if (all === 0) return { met: 0, unmet: 0 };
  if (verdict?.kind === 'passed') return { met: all, unmet: 0 };
  if (verdict?.kind !== 'failed' && verdict?.kind !== 'interrupted') return undefined;
  // Whatever is not met is one of the reasons (run/verdict.ts).
  for (const reason of verdict.reasons) {
    const found = /^(\d+) of \d+ expectations? (unmet|undecided)(?:, (\d+) undecided)?$/.exec(reason);
    if (found === null) continue;
    const first = Number(found[1]);
    return { met: all - first - Number(found[3] ?? 0), unmet: found[2] === 'unmet' ? first : 0 };
  }
  return { met: all, unmet: 0 };
}

async function head(archive: Archive, run: ArchivedRun): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of archive.journal(run)) {
    lines.push(line);
    if (lines.length === HEAD_LINES) break;
  }
  return lines;
}

const nothing = (): Facts => ({
  started: undefined,
  described: undefined,
  verdict: undefined,
  ended: undefined,
  met: 0,
  unmet: 0,
});

/** `whole`: the first line is the journal's first. */
function fold(lines: readonly string[]): { readonly facts: Facts; readonly whole: boolean } {
  const facts = nothing();
  for (const line of lines) learn(facts, line);
  const first = lines[0] === undefined ? undefined : parse(lines[0]);
  return { facts, whole: first === undefined ? lines.length === 0 : first.seq === 1 };
}

/** Of a million lines few are wanted, so the others are not parsed. */
function learn(facts: Facts, line: string): void {
  if (!WANTED.some((type) => line.includes(`"type":"${type}"`))) return;
  const event = parse(line);
  switch (event?.type) {
    case 'run-started':
      // A later attempt at the run begins anew.
      Object.assign(facts, nothing(), { started: event });
      return;
    case 'test-described':
      facts.described = event;
      return;
    case 'expectation-decided':
      if (event.outcome === 'met') facts.met += 1;
      if (event.outcome === 'unmet') facts.unmet += 1;
      return;
    case 'verdict':
      facts.verdict = event.verdict;
      return;
    case 'run-ended':
      facts.ended = event;
      return;
    default:
      return;
  }
}

/** Undefined for a line that a crash cut short. */
function parse(line: string): TmEvent | undefined {
  try {
    return JSON.parse(line) as TmEvent;
  } catch {
    return undefined;
  }
}
