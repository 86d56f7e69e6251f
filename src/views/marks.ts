/** The signs that stand before a line, each one column wide, so that a line's kind is told without its colour. */
export interface Marks {
  /** tm → peer. */
  readonly sent: string;
  /** peer → tm. */
  readonly status: string;
  readonly log: string;
  readonly good: string;
  readonly bad: string;
  readonly caution: string;
  readonly info: string;
  readonly start: string;
  readonly stop: string;
  readonly restart: string;
  /** Something that has not begun. */
  readonly waiting: string;
  /** Before what waits for the thing above it. */
  readonly behind: string;
  /** Something under way that has parts. */
  readonly open: string;
  readonly dot: string;
  readonly ellipsis: string;
  /** Of a horizontal rule. */
  readonly line: string;
  readonly bar: { readonly left: string; readonly full: string; readonly empty: string; readonly right: string };
  readonly spinner: readonly string[];
}

const UNICODE: Marks = {
  sent: '▸',
  status: '◂',
  log: '│',
  good: '✔',
  bad: '✖',
  caution: '⚠',
  info: '·',
  start: '▶',
  stop: '■',
  restart: '↻',
  waiting: '·',
  behind: '└',
  open: '▾',
  dot: '·',
  ellipsis: '…',
  line: '─',
  bar: { left: '▕', full: '█', empty: ' ', right: '▏' },
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ASCII: Marks = {
  sent: '>',
  status: '<',
  log: '|',
  good: '+',
  bad: 'x',
  caution: '!',
  info: '-',
  start: '*',
  stop: '#',
  restart: '@',
  waiting: '.',
  behind: '`',
  open: 'v',
  dot: '-',
  ellipsis: '..',
  line: '-',
  bar: { left: '[', full: '#', empty: '.', right: ']' },
  spinner: ['|', '/', '-', '\\'],
};

/** The signs for a terminal that shows Unicode, or for one that does not. */
export const marksFor = (unicode: boolean): Marks => (unicode ? UNICODE : ASCII);
