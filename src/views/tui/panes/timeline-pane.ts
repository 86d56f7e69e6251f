import { formatSeconds } from '../../../lib/format-duration.ts';
import type { CommandWait } from '../../../model/expectation.ts';
import { cutEnd, cutMiddle, padEnd, padStart } from '../../fit-text.ts';
import type { CommandFacts } from '../../run-model/run-facts.ts';
import { safeLine } from '../../safe-text.ts';
import { columnTime, shortTime } from '../../short-time.ts';
import { type Line, lineWidth, type Piece } from '../line.ts';
import { topOf } from '../scene.ts';
import type { PaneInput, PaneView } from './pane-view.ts';
import { remaining } from './remaining.ts';

/** A command that was sent so long ago and still lies in the queue wants an eye. Milliseconds. */
const SLOW_TO_TAKE = 1000;
/** Sent later than this after its time is worth a word. Milliseconds. */
const LATE = 5;
/** Below this width a number stands without its word, and times have tenths only. */
const NARROW = 54;

/** The commands around the next one: what was sent, when and whether it was taken; what comes, and in how long. */
export function timelinePane(input: PaneInput): PaneView {
  const { facts, state, height } = input;
  const { commands, reached, sent, skipped } = facts;
  const waiting = stillWaiting(input);
  const pinned = waiting.slice(0, Math.floor(height / 3));
  const rows = Math.max(0, height - pinned.length);
  const range = { count: commands.length, rows };
  const top = topOf(state.tops.timeline, reached - Math.ceil(rows * 0.6), range);
  const lines = [...pinned, ...commands.slice(top, top + rows)].map((command) => commandLine(command, input));
  const note =
    commands.length === 0
      ? 'no commands'
      : `${sent} of ${commands.length} sent${skipped === 0 ? '' : `, ${skipped} not sent`}`;
  return { title: 'Timeline', note, lines, range: { ...range, top } };
}

/** Commands that wait for what happens, and that later ones have left behind: they stand above the window. */
function stillWaiting({ facts, state, height }: PaneInput): readonly CommandFacts[] {
  if (state.tops.timeline !== undefined) return [];
  const before = Math.max(0, facts.reached - Math.ceil(height * 0.6));
  return facts.commands.slice(0, before).filter((command) => command.waiting !== undefined && !isSettled(command));
}

const isSettled = ({ sentAtMs, skipped }: CommandFacts): boolean => sentAtMs !== undefined || skipped !== undefined;

function commandLine(command: CommandFacts, input: PaneInput): Line {
  const { facts, marks, width } = input;
  const { run } = facts;
  const next = facts.commands[facts.reached] === command && run.zeroMs !== undefined && run.timelineEnded === undefined;
  const [sign, tone] = mark(command, next, input);
  const nameWidth = Math.max(4, Math.min(facts.longestName, Math.floor(width / 4), 16));
  const state = stateOf(command, next, input);
  const begin: Line = [
    { text: `${sign} `, tone },
    {
      text: `${padStart(dueText(command, input), width < NARROW ? 7 : 9)}  `,
      tone: isSettled(command) ? 'quiet' : 'plain',
    },
    { text: padEnd(cutMiddle(safeLine(command.peer), nameWidth, marks.ellipsis), nameWidth), hue: command.peer },
    { text: '  ' },
  ];
  const room = width - lineWidth(begin) - lineWidth([state]) - 2;
  // On a narrow screen what a command is called matters more than when it was taken.
  const named = Math.max(room, 8);
  return [
    ...begin,
    {
      text: padEnd(cutEnd(safeLine(command.command).slice(0, 4 * width), named, marks.ellipsis), named),
      ...(next ? { tone: 'strong' } : {}),
    },
    { text: '  ' },
    state,
  ];
}

function mark(
  command: CommandFacts,
  next: boolean,
  { marks }: PaneInput,
): readonly [string, NonNullable<Piece['tone']>] {
  if (command.skipped !== undefined) return [marks.bad, 'bad'];
  if (command.takenAfterMs !== undefined) return [marks.good, 'good'];
  if (command.sentAtMs !== undefined) return [marks.sent, 'sent'];
  if (command.waiting !== undefined) return [marks.status, 'caution'];
  return next ? [marks.start, 'sent'] : [marks.waiting, 'quiet'];
}

function dueText(command: CommandFacts, { facts: { run }, marks, width }: PaneInput): string {
  const seconds = (ms: number): string => (width < NARROW ? columnTime(ms) : formatSeconds(ms));
  if (command.sentAtMs !== undefined) return seconds(command.dueMs ?? command.sentAtMs - (run.zeroMs ?? 0));
  const waits = waitOf(command, run.described?.timeline.entries);
  if (waits === undefined) return command.plannedMs === undefined ? '' : seconds(command.plannedMs);
  return waits.kind === 'after' ? `+${seconds(waits.delayMs)}` : marks.ellipsis;
}

function waitOf(
  { index }: CommandFacts,
  entries: readonly { readonly waits?: CommandWait }[] = [],
): CommandWait | undefined {
  return index === undefined ? undefined : entries[index]?.waits;
}

function stateOf(command: CommandFacts, next: boolean, input: PaneInput): Piece {
  const { facts, nowMs, width } = input;
  const { run } = facts;
  if (command.skipped !== undefined) return { text: `not sent: ${command.skipped}`, tone: 'bad' };
  if (command.sentAtMs !== undefined) {
    const late = command.sentAtMs - (run.zeroMs ?? 0) - (command.dueMs ?? Number.NaN);
    const by = command.origin === 'hand' ? `by ${command.by ?? 'hand'}, ` : '';
    const sent = late > LATE ? `+${shortTime(late)}, ` : '';
    const taken = width < NARROW ? '' : 'taken ';
    if (command.takenAfterMs !== undefined)
      return {
        text: `${by}${sent}${taken}${shortTime(command.takenAfterMs)}`,
        tone: late > LATE ? 'caution' : 'quiet',
      };
    const lying = nowMs - command.sentAtMs;
    const slow = lying > SLOW_TO_TAKE;
    return { text: `${by}${sent}not taken${slow ? ` for ${shortTime(lying)}` : ''}`, tone: slow ? 'caution' : 'quiet' };
  }
  const waits = waitOf(command, run.described?.timeline.entries);
  if (waits?.kind === 'when') {
    const until = command.waiting?.untilMs;
    const what = waits.all.map((demand) => demand.text).join(' and ');
    if (until === undefined || run.zeroMs === undefined) return { text: `when ${what}`, tone: 'quiet' };
    return { text: `${remaining(run.zeroMs + until - nowMs)} left for ${what}`, tone: 'caution' };
  }
  if (waits?.kind === 'after' && !next) return { text: `after ${nameOfCommand(waits.command, input)}`, tone: 'quiet' };
  if (run.zeroMs === undefined || command.plannedMs === undefined) return { text: '' };
  const due = waits?.kind === 'after' ? dueAfter(waits, input) : command.plannedMs;
  if (due === undefined || (!next && due - (nowMs - run.zeroMs) > 10_000)) return { text: '' };
  return { text: `in ${remaining(run.zeroMs + due - nowMs)}`, tone: next ? 'sent' : 'quiet' };
}

/** When a command that stands behind another is due, once that one was sent. */
function dueAfter(wait: CommandWait & { readonly kind: 'after' }, { facts: { run } }: PaneInput): number | undefined {
  const sentAt = run.commands[wait.command]?.sentAtMs;
  return sentAt === undefined || run.zeroMs === undefined ? undefined : sentAt - run.zeroMs + wait.delayMs;
}

function nameOfCommand(index: number, { facts: { run } }: PaneInput): string {
  const entry = run.described?.timeline.entries[index];
  return entry === undefined ? 'another' : (entry.id ?? `"${cutEnd(entry.command, 20, '…')}"`);
}
