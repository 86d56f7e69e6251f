import { assertNever } from '../../../lib/assert-never.ts';
import { formatDuration } from '../../../lib/format-duration.ts';
import type { Verdict } from '../../../model/event.ts';
import { faultText } from '../../console/fault-text.ts';
import { countOf } from '../../count-of.ts';
import type { Marks } from '../../marks.ts';
import { type Line, spread } from '../line.ts';
import type { TuiFacts } from '../tui-model.ts';

/** What the header is made from. */
export interface HeaderInput {
  readonly facts: TuiFacts;
  readonly marks: Marks;
  readonly nowMs: number;
  readonly width: number;
  readonly rows: number;
}

/** The test, its phase and its clock; below them how it stands, and in the end its verdict. */
export function header({ facts, marks, nowMs, width, rows }: HeaderInput): readonly Line[] {
  const { run } = facts.run;
  const name: Line =
    run === undefined
      ? [
          { text: 'tm', tone: 'strong' },
          { text: `  waits for a run`, tone: 'quiet' },
        ]
      : [
          { text: run.test, tone: 'strong' },
          { text: ` ${marks.dot} ${phaseText(facts)}`, tone: 'quiet' },
        ];
  const clock = clockText(facts, nowMs, width >= 60);
  const first = spread([{ text: ' ' }, ...name], [{ text: `${clock} `, tone: 'strong' }], width, marks.ellipsis);
  return [first, [{ text: ' ' }, ...standing(facts, marks)]].slice(0, rows);
}

/** Where the run is. Inside of the timeline it says so, since times count from there. */
export function phaseText({ run, steps, started, peers }: TuiFacts): string {
  switch (run.phase) {
    case 'loading':
      return 'loading';
    case 'planning':
      return 'planning';
    case 'applying':
      return steps === undefined ? 'applying' : 'applying the plan';
    case 'monitoring':
      if (run.zeroMs === undefined)
        return started === peers.length ? 'started' : `starting, ${started} of ${peers.length}`;
      return run.timelineEnded === undefined ? 'timeline' : 'shutting down';
    case 'tearingDown':
      return 'taking down';
    case 'done':
      return 'over';
    default:
      return assertNever(run.phase);
  }
}

/** The time since the timeline began; before that, since the run did. */
function clockText({ run }: TuiFacts, nowMs: number, roomy: boolean): string {
  if (run.run === undefined) return '';
  if (run.zeroMs === undefined) return `${(nowMs / 1000).toFixed(1)} s`;
  const since = nowMs - run.zeroMs;
  // With commands that wait for something nobody knows how long it takes.
  const timeline = run.described?.timeline;
  const unknown = timeline === undefined || timeline.entries.some(({ waits }) => waits !== undefined);
  const of = roomy && !unknown && since < timeline.lengthMs ? ` of ${formatDuration(timeline.lengthMs)}` : '';
  return `T+ ${(since / 1000).toFixed(1)} s${of}`;
}

function standing(facts: TuiFacts, marks: Marks): Line {
  const { run, outcomes, deaths, skipped } = facts;
  const verdict = run.verdict?.verdict;
  if (verdict !== undefined) return verdictLine(verdict, marks);
  if (run.run === undefined) return [];
  const dot = ` ${marks.dot} `;
  const broken = run.rules.filter((rule) => rule.outcome === 'unmet').length;
  const pieces: Line = [
    run.stopping === undefined
      ? { text: 'running' }
      : { text: `stopping, asked by ${run.stopping.by}`, tone: 'caution' },
    ...(run.expectations.length === 0
      ? []
      : [{ text: `${dot}${outcomes.met} of ${countOf(run.expectations.length, 'expectation')} met` }]),
    ...(outcomes.unmet === 0 ? [] : [{ text: `${dot}${outcomes.unmet} unmet`, tone: 'bad' as const }]),
    ...(deaths.length === 0 ? [] : [{ text: `${dot}${countOf(deaths.length, 'peer')} died`, tone: 'bad' as const }]),
    ...(skipped === 0 ? [] : [{ text: `${dot}${countOf(skipped, 'command')} not sent`, tone: 'bad' as const }]),
    ...(broken === 0 ? [] : [{ text: `${dot}${countOf(broken, 'rule')} broken`, tone: 'bad' as const }]),
    ...(run.steps.failed === 0
      ? []
      : [{ text: `${dot}${countOf(run.steps.failed, 'step')} failed`, tone: 'bad' as const }]),
  ];
  return pieces;
}

function verdictLine(verdict: Verdict, marks: Marks): Line {
  switch (verdict.kind) {
    case 'passed':
      return [{ text: `${marks.good} passed`, tone: 'good' }];
    case 'failed':
      return [{ text: `${marks.bad} failed`, tone: 'bad' }, { text: reasonsText(verdict.reasons) }];
    case 'interrupted':
      return [
        { text: `${marks.stop} interrupted by ${verdict.by}`, tone: 'caution' },
        { text: reasonsText(verdict.reasons) },
      ];
    case 'errored':
      return [
        { text: `${marks.bad} could not run`, tone: 'bad' },
        { text: reasonsText(verdict.faults.map((fault) => faultText(fault).message)) },
      ];
    default:
      return assertNever(verdict);
  }
}

function reasonsText([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  return others.length === 0 ? `: ${first}` : `: ${first} (and ${others.length} more)`;
}
