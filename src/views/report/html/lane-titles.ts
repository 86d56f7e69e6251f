/** What is read when something in a lane is pointed at: lines of plain text. Times are offsets in seconds. */
import type { CommandFacts, SilenceFact } from '../../run-model/run-facts.ts';
import type { Account, Judged } from '../account.ts';
import { commandTimes } from '../command-times.ts';
import type { LogTick } from '../lanes/log-ticks.ts';
import type { Bar, StatusSpan } from '../lanes/status-spans.ts';
import { inSeconds, seconds, span } from './times.ts';

const MOST_SPANS = 10;
const MOST_TEXT = 120;

/** Text of at most so many characters; whole characters. */
export function shortText(text: string, most = MOST_TEXT): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const SOURCES = { stream: 'exact', replication: 'exact', notification: 'by notification', poll: 'by poll' } as const;

function spanLine({ fromMs, toMs, fact }: StatusSpan, zeroMs: number): string {
  const source = fact.via === undefined ? '' : `, ${SOURCES[fact.via]}`;
  const hidden = fact.missed > 0 ? `, ${fact.missed} may hide before it` : '';
  const status = shortText(fact.status);
  return `${status}: from ${inSeconds(fromMs - zeroMs)} for ${span(toMs - fromMs)}${source}${hidden}`;
}

/** Of a bar: its status, or all that share it. */
export function barTitle({ spans }: Bar, { zeroMs }: Account): string {
  const lines = spans.slice(0, MOST_SPANS).map((one) => spanLine(one, zeroMs));
  const more = spans.length - lines.length;
  return [...lines, ...(more === 0 ? [] : [`and ${more} more statuses`])].join('\n');
}

/** Of a message to a peer. */
export function commandTitle(command: CommandFacts, account: Account): string {
  const { dueMs, sentMs, lateMs } = commandTimes(command, account);
  const about = command.origin === 'timeline' ? '' : ` (${command.origin === 'hand' ? 'by hand' : command.origin})`;
  const head = `${shortText(command.command)}${about}`;
  if (command.skipped !== undefined) return `${head}\nnot sent: ${shortText(command.skipped)}`;
  const due = dueMs === undefined ? [] : [`due ${inSeconds(dueMs)}`];
  const sent = sentMs === undefined ? 'not sent' : `sent ${inSeconds(sentMs)}`;
  const late = lateMs === undefined || lateMs < 1 ? [] : [`${span(lateMs)} late`];
  const taken = command.takenAfterMs === undefined ? 'not taken' : `taken after ${span(command.takenAfterMs)}`;
  return [head, [...due, sent, ...late, ...(sentMs === undefined ? [] : [taken])].join(', ')].join('\n');
}

/** Of a silence; one that did not end lasted until `endMs` of the run. */
export function silenceTitle({ fromMs, toMs, lastAt }: SilenceFact, endMs: number, { zeroMs }: Account): string {
  const lasted = `silent from ${inSeconds(fromMs - zeroMs)} for ${span((toMs ?? endMs) - fromMs)}`;
  return `${toMs === undefined ? `${lasted}, until the end` : lasted}\nits last heartbeat by its own clock: ${lastAt}`;
}

/** Of log lines that share a tick. */
export function logTitle({ count, lines }: LogTick, { zeroMs }: Account): string {
  const shown = lines.map(({ atMs, level, message }) => `${seconds(atMs - zeroMs)} ${level} ${shortText(message)}`);
  return [...shown, ...(count > lines.length ? [`and ${count - lines.length} more lines`] : [])].join('\n');
}

/** Of an expectation's window. */
export function windowTitle({ expectation, outcome, because, window }: Judged): string {
  const from = window.fromMs === undefined ? 'since the peers were started' : `from ${inSeconds(window.fromMs)}`;
  const to = window.toMs === undefined ? 'until they have stopped' : `to ${inSeconds(window.toMs)}`;
  return [
    `#${expectation.id + 1} ${shortText(expectation.text)}`,
    `${outcome}: ${shortText(because, 300)}`,
    `${from} ${to}`,
  ].join('\n');
}
