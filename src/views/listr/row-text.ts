/** What a row of steps says, while it waits, while it runs and when it is over. */
import { formatBytes } from '../../lib/format-bytes.ts';
import { countOf } from '../count-of.ts';
import type { Marks } from '../marks.ts';
import type { Segment } from '../segments.ts';
import { progressSegments } from './progress-bar.ts';
import { type Row, type RowKind, rowState } from './step-board.ts';

interface Words {
  readonly todo: string;
  readonly doing: string;
  readonly done: string;
}

const WORDS: Readonly<Record<RowKind, Words>> = {
  pull: { todo: 'to pull', doing: 'pulling', done: 'pulled' },
  send: { todo: 'to send', doing: 'sending', done: 'sent' },
  'remove-image': { todo: 'to remove', doing: 'removing', done: 'removed' },
  redis: { todo: 'to start', doing: 'starting', done: 'ready' },
  'remove-redis': { todo: 'to remove', doing: 'removing', done: 'removed' },
  start: { todo: 'to start', doing: 'starting', done: 'started' },
  remove: { todo: 'to remove', doing: 'removing', done: 'removed' },
};

/** Names are told instead of counted up to this many. */
const FEW = 3;

/** The words of a row, without its place and its duration. In little `room` a transfer has no bar. */
export function rowText(row: Row, marks: Marks, room = Number.POSITIVE_INFINITY): readonly Segment[] {
  if (row.kind === 'start' || row.kind === 'remove') return peersText(row);
  if (row.kind === 'redis' || row.kind === 'remove-redis') return singleText(row, '');
  return imageText(row, marks, room);
}

function imageText(row: Row, marks: Marks, room: number): readonly Segment[] {
  const image = shortImage(row.steps[0]?.label ?? '');
  const state = row.steps[0]?.state;
  if (state?.kind === 'running') {
    const bar = progressSegments(state, marks, room);
    return bar.length > 0 ? [{ text: `${image}  ` }, ...bar] : singleText(row, `${image} `);
  }
  if (state?.kind !== 'done' || state.bytes === 0) return singleText(row, `${image} `);
  const rate = state.ms > 0 ? ` at ${formatBytes((state.bytes / state.ms) * 1000)}/s` : '';
  const note = state.note === undefined ? '' : `, ${state.note}`;
  return [
    { text: `${image} ${WORDS[row.kind].done}` },
    { text: ` ${formatBytes(state.bytes)}${rate}${note}`, tone: 'quiet' },
  ];
}

function singleText(row: Row, subject: string): readonly Segment[] {
  const words = WORDS[row.kind];
  switch (rowState(row)) {
    case 'waiting':
      return [{ text: `${subject}${words.todo}`, tone: 'quiet' }];
    case 'running':
      return [{ text: `${subject}${words.doing}` }];
    case 'done': {
      const notes = row.steps.flatMap(({ state }) =>
        state.kind === 'done' && state.note !== undefined ? state.note : [],
      );
      return [
        { text: `${subject}${words.done}` },
        ...notes.map((note): Segment => ({ text: `  ${note}`, tone: 'quiet' })),
      ];
    }
    case 'failed':
      return [{ text: `${subject}not ${words.done}`, tone: 'bad' }];
    case 'skipped':
      return [{ text: `${subject}not ${words.done}: ${reason(row)}`, tone: 'caution' }];
  }
}

function peersText(row: Row): readonly Segment[] {
  const words = WORDS[row.kind];
  const total = row.steps.length;
  if (total === 1) return singleText(row, `${row.steps[0]?.label ?? ''} `);
  const state = rowState(row);
  if (state === 'waiting') return [{ text: `${countOf(total, 'peer')} ${words.todo}`, tone: 'quiet' }];
  if (state === 'done') return [{ text: `${countOf(total, 'peer')} ${words.done}` }];
  const done = row.steps.filter((step) => step.state.kind === 'done').length;
  const failed = row.steps.filter((step) => step.state.kind === 'failed');
  const skipped = row.steps.filter((step) => step.state.kind === 'skipped').length;
  if (skipped === total)
    return [{ text: `${countOf(total, 'peer')} not ${words.done}: ${reason(row)}`, tone: 'caution' }];
  const counter: Segment = { text: `${done} of ${countOf(total, 'peer')} ${words.done}` };
  const problems: readonly Segment[] = [
    ...(failed.length === 0 ? [] : [{ text: `, ${some(failed)} failed`, tone: 'bad' as const }]),
    ...(skipped === 0 || state === 'running'
      ? []
      : [{ text: `, ${skipped} not tried: ${reason(row)}`, tone: 'caution' as const }]),
  ];
  const pending = row.steps.filter((step) => step.state.kind === 'running' || step.state.kind === 'waiting');
  const slow = pending.length > 0 && pending.length <= FEW && done > 0 ? `, still ${words.doing} ${some(pending)}` : '';
  return [counter, ...problems, ...(slow === '' ? [] : [{ text: slow, tone: 'quiet' as const }])];
}

function some(steps: readonly { readonly label: string }[]): string {
  const names = steps.slice(0, FEW).map((step) => step.label);
  return steps.length <= FEW ? names.join(', ') : `${names.join(', ')} and ${steps.length - FEW} more`;
}

function reason(row: Row): string {
  for (const { state } of row.steps) if (state.kind === 'skipped') return state.because;
  return '';
}

/** The last part of an image's name, which tells images of one test apart: `ghcr.io/acme/node:1.4` → `node:1.4`. */
function shortImage(ref: string): string {
  const [name = ref, digest] = ref.split('@', 2);
  const short = name.slice(name.lastIndexOf('/') + 1);
  return digest === undefined ? short : `${short}@${digest.slice(0, 14)}`;
}
