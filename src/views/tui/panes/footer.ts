import type { Marks } from '../../marks.ts';
import type { RunFacts } from '../../run-model/run-facts.ts';
import { type Line, spread } from '../line.ts';
import type { TuiState } from '../tui-state.ts';

export interface FooterInput {
  readonly run: RunFacts;
  readonly state: TuiState;
  readonly marks: Marks;
  readonly nowMs: number;
  readonly width: number;
  /** What `q` does. */
  readonly quits: 'stop' | 'leave';
  /** Nothing more will be heard of the run. */
  readonly over: boolean;
}

/** Milliseconds that a new notice is shown in place of the keys. */
const NOTICE_MS = 12_000;

/** The last row: the filter that is being typed, else what has just happened that wants an eye, else the keys. */
export function footer({ run, state, marks, nowMs, width, quits, over }: FooterInput): Line {
  if (state.typing)
    return spread(
      [{ text: ' filter: ', tone: 'sent' }, { text: state.log.text }, { text: '_', tone: 'strong' }],
      [{ text: 'enter keeps it, esc clears it ', tone: 'quiet' }],
      width,
      marks.ellipsis,
    );
  const last = run.notices.at(-1);
  if (last !== undefined && nowMs - last.atMs < NOTICE_MS && state.overlay !== 'notices')
    return [
      { text: ` ${marks.caution} ${last.text}`, tone: 'caution' },
      { text: '  n: all notices', tone: 'quiet' },
    ];
  const keys = [
    '? help',
    'tab pane',
    '/ filter',
    'l level',
    ...(run.notices.length > 0 ? [`n ${run.notices.length} notices`] : []),
    quits === 'leave' ? 'q leave' : 'q stop the test',
  ];
  const status = over ? 'the run has ended' : run.stopping !== undefined ? 'Ctrl-C leaves at once' : '';
  return spread(
    [{ text: ` ${keys.join('  ')}`, tone: 'quiet' }],
    status === '' ? [] : [{ text: `${status} `, tone: 'caution' }],
    width,
    marks.ellipsis,
  );
}
