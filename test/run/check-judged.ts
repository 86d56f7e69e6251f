/** What must be so of every run, whatever happened in it; read off its events and its journal alone. */
import { expect } from 'vitest';
import type { EventBody, TmEvent } from '../../src/model/event.ts';
import { type Demand, type Expectation, type ExpectationOutcome, RULES } from '../../src/model/expectation.ts';
import { excusedDeaths } from '../../src/run/excused-deaths.ts';
import { toMicros } from '../../src/run/expect/micros.ts';
import { FAILED_FAST, STOPPED } from '../../src/run/skip-reasons.ts';
import { readRun, writeReports } from '../../src/views/report/reports.ts';
import type { RandomTest } from '../fakes/random-test.ts';
import { naiveOutcome, naiveWait } from './expect/naive.ts';
import type { Step } from './expect/story.ts';
import { inMicros, toldStory, waitInMicros, zeroOf } from './expect/told-story.ts';

export const ofType = <T extends EventBody['type']>(events: readonly TmEvent[], type: T) =>
  events.filter((event): event is TmEvent & { readonly type: T } => event.type === type);

/** A run that is over. */
export interface Played {
  readonly test: RandomTest;
  readonly failFast: boolean;
  readonly events: readonly TmEvent[];
}

const WORST = { passed: 0, failed: 1 } as const;

export function checkPlayed(played: Played): void {
  const { events } = played;
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const times = events.map(({ atMs }) => atMs);
  expect(times, 'time never goes back').toEqual([...times].sort((a, b) => a - b));
  expect(events.at(-1)?.type).toBe('run-ended');
  const verdict = ofType(events, 'verdict');
  expect(verdict.length).toBe(1);
  if (verdict[0]?.verdict.kind === 'errored')
    for (const { message } of verdict[0].verdict.faults) expect(message, 'no defect of ours').not.toMatch(/unexpected/);
  checkDecisions(played);
  checkVerdict(played);
  checkCommands(played);
  checkOutcomes(played);
}

/** Each expectation is decided once, and nothing behind the verdict. */
function checkDecisions({ test, events }: Played): void {
  const decided = ofType(events, 'expectation-decided');
  expect(decided.map(({ expectation }) => expectation).sort((a, b) => a - b)).toEqual(
    test.expectations.map(({ id }) => id),
  );
  const behind = events.slice(events.findIndex(({ type }) => type === 'verdict'));
  for (const type of ['expectation-decided', 'expectation-late', 'rule-decided'] as const)
    expect(ofType(behind, type)).toEqual([]);
  for (const { because } of decided) expect(because).not.toBe('');
  const rules = ofType(events, 'rule-decided').map(({ rule }) => rule);
  if (rules.length > 0) expect(rules).toEqual([...RULES]);
}

/** Green is only what is green in every part; and what is, is. */
function checkVerdict({ events }: Played): void {
  const verdict = ofType(events, 'verdict')[0]?.verdict;
  const parts: readonly ExpectationOutcome[] = [
    ...ofType(events, 'expectation-decided').map(({ outcome }) => outcome),
    ...ofType(events, 'rule-decided').map(({ outcome }) => outcome),
  ];
  if (verdict?.kind !== 'passed' && verdict?.kind !== 'failed') return;
  const green = ofType(events, 'rule-decided').length > 0 && parts.every((outcome) => outcome === 'met');
  expect(verdict.kind, JSON.stringify(parts)).toBe(green ? 'passed' : 'failed');
  expect(ofType(events, 'run-ended')[0]?.exitCode).toBe(WORST[verdict.kind]);
}

/** Each command is sent or skipped, once, and none before what it waits for. */
function checkCommands({ test, events }: Played): void {
  const sent = new Map(ofType(events, 'command-sent').map((event) => [event.index, event]));
  const fates = [...ofType(events, 'command-sent'), ...ofType(events, 'command-skipped')].map(({ index }) => index);
  const timeline = ofType(events, 'timeline-ended');
  if (timeline.length === 0) {
    expect(fates).toEqual([]);
    return;
  }
  expect(timeline.length).toBe(1);
  expect(
    fates.sort((a, b) => a - b),
    'each command has one fate',
  ).toEqual(test.commands.map((_, index) => index));
  const waits = waitsOf(test);
  const story = toldStory(events, waits);
  for (const [index, { waits: wait, atMs }] of test.commands.entries()) {
    const event = sent.get(index);
    if (event === undefined) continue;
    expect(event.sentMs).toBeGreaterThanOrEqual(event.dueMs - 0.001);
    expect(toMicros(event.sentMs)).toBeLessThanOrEqual(toMicros(event.atMs) - zeroOf(events));
    if (wait === undefined) expect(event.dueMs).toBe(atMs);
    if (wait?.kind === 'after') {
      const before = sent.get(wait.command);
      expect(before?.seq, 'behind what it comes after').toBeLessThan(event.seq);
      expect(toMicros(event.dueMs)).toBe(toMicros((before?.sentMs ?? 0) + wait.delayMs));
    }
    if (wait?.kind !== 'when') continue;
    if (wait.since !== undefined) expect(sent.get(wait.since)?.seq).toBeLessThan(event.seq);
    const heard = storyUntil(story, events, event.seq, waits);
    const now = toMicros(event.atMs) - zeroOf(events);
    if (wait.all.some(endsAtOnce)) continue;
    const metAt = naiveWait(wait.all.map(waitInMicros), index, heard, now);
    // A hold begins anew behind a silence.
    if (isDisturbed(events)) continue;
    const begun = heard.find((step) => step.kind === 'wait' && step.command === index);
    expect(metAt, 'sent when what it waits for was so').toBeLessThanOrEqual(toMicros(event.dueMs));
    // Of several that were heard before the sending of the command before it was known, the last counts, and begins a hold.
    const held = Math.max(0, ...wait.all.map(({ forMs = 0 }) => toMicros(forMs)));
    expect(toMicros(event.dueMs)).toBeLessThanOrEqual(Math.max(metAt ?? 0, (begun?.at ?? 0) + held));
  }
  for (const { index, because, seq, atMs } of ofType(events, 'command-skipped')) {
    const wait = test.commands[index]?.waits;
    const begun = ofType(events, 'command-waiting').find((event) => event.index === index);
    if (wait?.kind !== 'when' || begun === undefined || because === STOPPED || because === FAILED_FAST) continue;
    if (isDisturbed(events)) continue;
    const now = toMicros(atMs) - zeroOf(events);
    if (now < toMicros(begun.untilMs)) continue;
    const heard = storyUntil(story, events, seq, waits);
    expect(naiveWait(wait.all.map(waitInMicros), index, heard, now), 'what it waited for was not so').toBeUndefined();
  }
  const order = [...sent.values()].map(({ sentMs }) => sentMs);
  expect(order, 'one connection').toEqual([...order].sort((a, b) => a - b));
}

const waitsOf = ({ commands }: RandomTest) =>
  new Map(commands.flatMap(({ waits }, index) => (waits?.kind === 'when' ? [[index, waits] as const] : [])));

function storyUntil(
  story: readonly Step[],
  events: readonly TmEvent[],
  seq: number,
  waits: ReturnType<typeof waitsOf>,
): readonly Step[] {
  return story.slice(0, toldStory(events.slice(0, seq - 1), waits).length);
}

/** The outcomes are those of the definitions; of a run that was cut short, as far as it came. */
function checkOutcomes({ test, failFast, events }: Played): void {
  const outcomes = new Map(
    ofType(events, 'expectation-decided').map(({ expectation, outcome }) => [expectation, outcome]),
  );
  const cut = cutAt(events, failFast && failedBeforeItsEnd(events, test));
  const heard = cut === undefined ? events : events.slice(0, cut);
  const zero = zeroOf(events);
  const last = (cut === undefined ? undefined : events[cut]) ?? heard.findLast(({ type }) => TIMED.has(type));
  const now = toMicros(last?.atMs ?? 0) - zero;
  const story = toldStory(heard, waitsOf(test));
  const all = test.expectations.map(inMicros);
  for (const expectation of all) {
    const naive = (at: number) =>
      naiveOutcome(expectation, all, story, at, cut === undefined ? 'ended' : 'cut') as ExpectationOutcome | undefined;
    const outcome = outcomes.get(expectation.id);
    const about = `outcome of ${JSON.stringify(expectation)} ${cut === undefined ? '' : '(cut)'}`;
    const deafAt = closedUnheard(expectation, story, events, zero);
    if (deafAt !== undefined && deafAt < now) {
      // Decided before, or never: not green because nothing was heard.
      const until = story.filter(({ at }) => at < deafAt);
      const known = naiveOutcome(expectation, all, until, deafAt - 1, 'cut');
      if (outcome === 'met' && expectation.condition.kind !== 'exit') expect(known, about).toBe('met');
      continue;
    }
    const endsLater = cut !== undefined && events.slice(cut).some((event) => isEndOf(event, expectation));
    if (endsAtOnce(expectation) && endsLater) continue;
    if (isDisturbed(events)) {
      // The judge may be more careful than the definitions, and never less; an end it knows from the engine itself.
      if (outcome === 'met' && expectation.condition.kind !== 'exit') expect(naive(now), about).toBe('met');
      continue;
    }
    // A window that closes in the very moment of the cut may be closed or not.
    if (cut !== undefined && outcome === naive(now - 1)) continue;
    expect(outcome, about).toBe(naive(now));
  }
}

/** A peer could not be heard for a while: Redis was away, or it was started again. The definitions know of no such time. */
const isDisturbed = (events: readonly TmEvent[]): boolean =>
  events.some(({ type }) => type === 'bus-lost' || type === 'peer-restarting');

/** The engine's word on an end settles it, which comes before the event: that has the peer's last lines. */
const endsAtOnce = ({ condition, forMs }: Demand): boolean => condition.kind === 'exit' || forMs !== undefined;

const isEndOf = (event: TmEvent, { peers }: Demand): boolean =>
  (event.type === 'peer-died' || event.type === 'peer-exited') && peers.includes(event.peer);

/** When its window closed, if nothing could be heard of the peers then: what was not decided before is not known. */
function closedUnheard(
  { window }: Expectation,
  story: readonly Step[],
  events: readonly TmEvent[],
  zero: number,
): number | undefined {
  const sent = story.find(
    (step) => step.kind === 'sent' && window.kind === 'command' && step.command === window.command,
  );
  const closes = window.kind === 'timeline' ? window.byMs : sent && sent.at + (window.withinMs ?? Number.NaN);
  if (closes === undefined) return undefined;
  const last = events.findLast(
    ({ type, atMs }) => (type === 'bus-lost' || type === 'bus-restored') && toMicros(atMs) - zero < closes,
  );
  return last?.type === 'bus-lost' ? closes : undefined;
}

/** The judge knows of no time but that of these. */
const TIMED: ReadonlySet<TmEvent['type']> = new Set([
  'peer-status',
  'log',
  'peer-died',
  'peer-exited',
  'command-sent',
  'command-skipped',
  'timeline-ended',
  'timeline-started',
  'bus-lost',
  'bus-restored',
]);

/** How many events were heard before the run was cut short; undefined for one that came to its end. */
function cutAt(events: readonly TmEvent[], failedFast: boolean): number | undefined {
  const first = (type: TmEvent['type']) => events.findIndex((event) => event.type === type);
  const stopped = first('stop-requested');
  const ended = first('timeline-ended');
  const broken = ofType(events, 'verdict')[0]?.verdict.kind === 'errored';
  // Redis may be given up while all was sent and windows were open: those are decided before the timeline ends, all at once.
  const gaveUp = ofType(events.slice(0, Math.max(0, ended)), 'expectation-decided').some(
    ({ outcome, because }) => outcome === 'undecided' && because.includes('cut short'),
  );
  const skipped = events.findIndex(
    (event) => event.type === 'command-skipped' && (event.because === STOPPED || event.because === FAILED_FAST),
  );
  const early = failedFast || gaveUp;
  const cuts = [stopped, skipped, early ? ended : -1].filter((at) => at >= 0);
  if (cuts.length > 0) return Math.min(...cuts);
  return ended < 0 || broken ? events.length : undefined;
}

/** `--fail-fast` had a reason before the timeline was over. */
function failedBeforeItsEnd(events: readonly TmEvent[], { expectations }: RandomTest): boolean {
  const isExcused = excusedDeaths(expectations);
  const early = events.slice(
    0,
    events.findIndex(({ type }) => type === 'timeline-ended'),
  );
  return early.some(
    (event) =>
      (event.type === 'expectation-decided' && event.outcome === 'unmet') ||
      (event.type === 'peer-died' && !isExcused(event.peer, event.exitCode)) ||
      event.type === 'host-lost' ||
      (event.type === 'command-skipped' && event.because !== STOPPED && event.because !== FAILED_FAST),
  );
}

/** The reports, drawn from the journal, say what the events said. */
export async function checkReports({ events }: Played, journal: readonly string[]): Promise<void> {
  const told: readonly TmEvent[] = journal.map((line) => JSON.parse(line));
  const facts = await readRun(told);
  const reports = writeReports(facts);
  const report = JSON.parse(reports['report.json']);
  const decided = ofType(events, 'expectation-decided').sort((a, b) => a.expectation - b.expectation);
  expect(report.expectations.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
    decided.map(({ outcome }) => outcome),
  );
  expect(report.verdict.kind).toBe(ofType(events, 'verdict')[0]?.verdict.kind);
  expect(report.exitCode).toBe(ofType(events, 'run-ended')[0]?.exitCode);
  const rules = new Map(ofType(events, 'rule-decided').map(({ rule, outcome }) => [rule, outcome]));
  for (const { rule, outcome } of report.rules) expect(outcome).toBe(rules.get(rule) ?? 'undecided');
  const skipped = new Set(ofType(events, 'command-skipped').map(({ index }) => index));
  const taken = new Set(ofType(events, 'command-taken').map(({ index }) => index));
  const sent = new Set(ofType(events, 'command-sent').map(({ index }) => index));
  for (const { index, fate } of report.commands)
    expect(fate).toBe(
      skipped.has(index) ? 'skipped' : taken.has(index) ? 'taken' : sent.has(index) ? 'untaken' : 'unsent',
    );
  const failures = decided.filter(({ outcome }) => outcome !== 'met').length;
  const cases = reports['junit.xml'].match(/<testcase /g)?.length ?? 0;
  expect(cases).toBeGreaterThanOrEqual(decided.length);
  if (failures > 0) expect(reports['junit.xml']).toMatch(/<(failure|error|skipped)/);
}
