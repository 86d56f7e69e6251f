import { wrapText } from '../../fit-text.ts';
import { safeLine } from '../../safe-text.ts';
import type { Line } from '../line.ts';
import { topOf } from '../scene.ts';
import type { PaneInput, PaneView } from './pane-view.ts';

/** So many of the newest can be read back. */
const MOST_NOTICES = 500;

const KEYS: readonly (readonly [string, string])[] = [
  ['tab, shift-tab', 'next pane, the one before'],
  ['arrows, j k', 'choose a peer, scroll; to the side: the log moves, elsewhere the next pane'],
  ['PgUp PgDn, space', 'a page up, down'],
  ['home end, g G', 'to the beginning, to the end'],
  ['enter', 'on a peer: only its log lines, and again: of all; elsewhere: the pane alone'],
  ['z', 'the pane alone on the screen, and back'],
  ['/', 'only log lines with a text, whatever its case'],
  ['1 2 3 4 5', 'log lines up to error, warn, info, debug, trace'],
  ['l', 'the next of these levels'],
  ['f', 'the log stands still, or follows again; a scrolled pane follows again'],
  ['n', 'all notices'],
  ['esc', 'closes this; clears the filters; lets everything follow again'],
  ['Ctrl-L', 'draws the screen anew'],
];

/** What each key does. */
export function helpOverlay(input: PaneInput, quits: 'stop' | 'leave'): PaneView {
  const keys = [
    ...KEYS,
    [
      'q',
      quits === 'leave' ? 'leaves; the run goes on' : 'asks the test to stop: peers are shut down, all is cleaned up',
    ],
    ['Ctrl-C', quits === 'leave' ? 'leaves' : 'the same; a second time leaves at once'],
  ] as const;
  const width = Math.min(18, Math.floor(input.width / 3));
  const rows = keys.flatMap(([key, does]) =>
    wrapText(does, Math.max(10, input.width - width - 3)).map(
      (text, i): Line => [{ text: ` ${i === 0 ? key.padEnd(width) : ''.padEnd(width)} `, tone: 'sent' }, { text }],
    ),
  );
  return scrolled('Keys', '? or esc closes', rows, input.state.tops.help, input);
}

/** Whatever wanted an eye, the newest last. */
export function noticesOverlay(input: PaneInput): PaneView {
  const { run } = input.facts;
  const rows = run.notices.slice(-MOST_NOTICES).flatMap(({ atMs, text, hint }): readonly Line[] => {
    const time = `${((atMs - (run.zeroMs ?? 0)) / 1000).toFixed(1)} s`.padStart(9);
    const room = Math.max(10, input.width - 14);
    return [
      ...wrapText(safeLine(text), room).map(
        (line, i): Line => [
          { text: i === 0 ? `${time} ${input.marks.caution} ` : ' '.repeat(12), tone: 'caution' },
          { text: line },
        ],
      ),
      ...(hint === undefined ? [] : wrapText(safeLine(hint), room)).map(
        (line): Line => [{ text: `${' '.repeat(12)}${line}`, tone: 'quiet' }],
      ),
    ];
  });
  const none: readonly Line[] = [[{ text: ' none so far', tone: 'quiet' }]];
  return scrolled('Notices', `${run.notices.length}`, rows.length === 0 ? none : rows, input.state.tops.notices, input);
}

function scrolled(
  title: string,
  note: string,
  rows: readonly Line[],
  asked: number | undefined,
  input: PaneInput,
): PaneView {
  const range = { count: rows.length, rows: input.height };
  const top = topOf(asked, 0, range);
  return { title, note, lines: rows.slice(top, top + input.height), range: { ...range, top } };
}
