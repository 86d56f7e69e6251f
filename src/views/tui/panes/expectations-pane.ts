import { assertNever } from '../../../lib/assert-never.ts';
import type { Expectation } from '../../../model/expectation.ts';
import { cutEnd, padEnd } from '../../fit-text.ts';
import type { Tone } from '../../palette.ts';
import type { ExpectationFacts, RuleFacts, RunFacts } from '../../run-model/run-facts.ts';
import { safeLine } from '../../safe-text.ts';
import { type Line, lineWidth, type Piece } from '../line.ts';
import { topOf } from '../scene.ts';
import type { PaneInput, PaneView } from './pane-view.ts';
import { remaining } from './remaining.ts';

/** Expectations, unmet ones first with their reason, then open ones with what is left of their time; then rules that do not hold. */
export function expectationsPane(input: PaneInput): PaneView {
  const { facts, state, height } = input;
  const { outcomes, expectations } = facts;
  const rules = facts.run.rules.filter((rule) => rule.outcome !== 'met');
  const range = { count: expectations.length + rules.length, rows: height };
  const top = topOf(state.tops.expectations, 0, range);
  const shown = expectations.slice(top, top + height);
  const below = rules.slice(Math.max(0, top - expectations.length)).slice(0, height - shown.length);
  const lines = [
    ...shown.map(({ facts: one, part }) => (part === 'reason' ? reasonLine(one) : expectationLine(one, input))),
    ...below.map((rule) => ruleLine(rule, input)),
  ];
  return {
    title: 'Expectations',
    note: noteOf(outcomes, facts.run.expectations.length),
    lines,
    range: { ...range, top },
  };
}

function noteOf({ met, unmet, undecided }: PaneInput['facts']['outcomes'], count: number): string {
  if (count === 0) return 'none written';
  return [
    `${met} of ${count} met`,
    ...(unmet > 0 ? [`${unmet} unmet`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ].join(', ');
}

function expectationLine({ expectation, decided }: ExpectationFacts, input: PaneInput): Line {
  const { marks, width } = input;
  const [sign, tone]: readonly [string, Tone] =
    decided === undefined
      ? [marks.waiting, 'plain']
      : decided.outcome === 'met'
        ? [marks.good, 'good']
        : decided.outcome === 'unmet'
          ? [marks.bad, 'bad']
          : [marks.caution, 'caution'];
  const right: Piece =
    decided === undefined
      ? { text: openText(expectation, input), tone: 'quiet' }
      : decided.outcome === 'met' && width >= 60
        ? { text: cutEnd(safeLine(decided.because), Math.floor(width / 3), marks.ellipsis), tone: 'quiet' }
        : { text: '' };
  const room = Math.max(8, width - 2 - (right.text === '' ? 0 : lineWidth([right]) + 2));
  const text = cutEnd(safeLine(expectation.text), room, marks.ellipsis);
  const begin: Line = [{ text: `${sign} `, tone }, { text: padEnd(text, room) }];
  return right.text === '' ? begin : [...begin, { text: '  ' }, right];
}

function reasonLine({ decided }: ExpectationFacts): Line {
  return [{ text: `    ${decided?.because ?? ''}`, tone: decided?.outcome === 'unmet' ? 'bad' : 'caution' }];
}

function ruleLine({ rule, outcome, reasons }: RuleFacts, { marks }: PaneInput): Line {
  const tone = outcome === 'unmet' ? 'bad' : 'caution';
  const words = {
    started: 'every peer starts',
    alive: 'no peer dies',
    taken: 'every command is taken',
    stopped: 'every peer stops',
  };
  const why = reasons[0] === undefined ? '' : `: ${reasons[0]}`;
  return [{ text: `${outcome === 'unmet' ? marks.bad : marks.caution} `, tone }, { text: `${words[rule]}${why}` }];
}

/** How long a window will still be open, or when it opens. */
function openText({ window }: Expectation, { facts: { run }, nowMs }: PaneInput): string {
  const bounds = windowOf(window, run);
  if (bounds === undefined) return '';
  const { from, to } = bounds;
  if (from !== undefined && nowMs < from) return `opens in ${remaining(from - nowMs)}`;
  if (to === undefined) return run.timelineEnded === undefined ? 'until the end' : '';
  return nowMs > to ? 'is being decided' : `${remaining(to - nowMs)} left`;
}

/** A window's ends in milliseconds of the run; undefined while they are not known. */
function windowOf(
  window: Expectation['window'],
  { zeroMs, commands }: RunFacts,
): { readonly from?: number; readonly to?: number } | undefined {
  if (zeroMs === undefined) return undefined;
  switch (window.kind) {
    case 'timeline':
      return {
        ...(window.fromMs === undefined ? {} : { from: zeroMs + window.fromMs }),
        ...(window.byMs === undefined ? {} : { to: zeroMs + window.byMs }),
      };
    case 'command': {
      const sentAt = commands[window.command]?.sentAtMs;
      if (sentAt === undefined) return undefined;
      return { from: sentAt, ...(window.withinMs === undefined ? {} : { to: sentAt + window.withinMs }) };
    }
    default:
      return assertNever(window);
  }
}
