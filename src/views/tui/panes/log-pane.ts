import type { LogLevel } from '../../../model/wire.ts';
import { cells } from '../../display-width.ts';
import { cutMiddle, padEnd, padStart } from '../../fit-text.ts';
import type { Tone } from '../../palette.ts';
import type { LogFact } from '../../run-model/run-facts.ts';
import { safeLine } from '../../safe-text.ts';
import type { Line } from '../line.ts';
import type { LogMatches } from '../log-matches.ts';
import { NO_SCROLL } from '../scene.ts';
import type { PaneInput, PaneView } from './pane-view.ts';

const LEVEL_TONES: Readonly<Record<LogLevel, Tone>> = {
  error: 'bad',
  warn: 'caution',
  info: 'plain',
  debug: 'quiet',
  trace: 'quiet',
};
/** A grapheme has mostly fewer code units than this; a line of millions of them is cut before it is looked at. */
const UNITS = 8;

/** The newest log lines that pass the filter, or those that were scrolled back to. */
export function logPane(input: PaneInput, matches: LogMatches): PaneView {
  const { facts, state, height, marks } = input;
  const { log } = state;
  const end = Math.min(matches.end, Math.max(log.end ?? matches.end, matches.first + height));
  const lines: Line[] = [];
  for (let at = Math.max(matches.first, end - height); at < end; at++) {
    const line = matches.at(at);
    if (line !== undefined) lines.push(logLine(line, input));
  }
  const filters = [
    ...(log.level === 'trace' ? [] : [log.level === 'error' ? 'errors' : `${log.level} and graver`]),
    ...(log.peer === '' ? [] : [log.peer]),
    ...(log.peers.length === 0 ? [] : [log.peers.join(', ')]),
    ...(log.text === '' ? [] : [`"${log.text}"`]),
  ];
  const newer = matches.end - end;
  const parts = [
    countText(matches.end - matches.first, facts.run),
    ...filters,
    ...(log.end === undefined ? [] : [newer > 0 ? `${newer} newer below` : 'stands still']),
  ];
  const range = { ...NO_SCROLL, count: matches.end - matches.first, rows: height };
  return { title: 'Log', note: parts.join(` ${marks.dot} `), lines, range };
}

function countText(shown: number, { logs, forgottenLogs }: PaneInput['facts']['run']): string {
  return forgottenLogs === 0
    ? `${shown} of ${logs.length} lines`
    : `${shown} of the last ${logs.length} lines, ${forgottenLogs + logs.length} in all`;
}

function logLine({ peer, level, message, atMs }: LogFact, input: PaneInput): Line {
  const { facts, marks, width, state } = input;
  const narrow = width < 60;
  const nameWidth = Math.max(4, Math.min(facts.longestName, Math.floor(width / 5), 16));
  const { zeroMs } = facts.run;
  const seconds = (atMs - (zeroMs ?? 0)) / 1000;
  const time = narrow ? padStart(seconds.toFixed(1), 5) : `${padStart(seconds.toFixed(3), 8)}s`;
  const tone = LEVEL_TONES[level];
  const { shift } = state.log;
  const units = (width + shift) * UNITS;
  const text = safeLine(message.length > units ? message.slice(0, units) : message);
  return [
    { text: `${time} `, tone: zeroMs === undefined || atMs < zeroMs ? 'quiet' : 'plain' },
    { text: `${padEnd(cutMiddle(safeLine(peer), nameWidth, marks.ellipsis), nameWidth)} `, hue: peer },
    { text: narrow ? `${level.charAt(0).toUpperCase()} ` : `${padEnd(level, 5)} `, tone },
    ...(shift > 0 ? [{ text: marks.ellipsis, tone: 'quiet' } as const] : []),
    { text: shift > 0 ? behind(text, shift) : text, ...(tone === 'bad' || tone === 'quiet' ? { tone } : {}) },
  ];
}

/** What is left of a text behind its first columns. */
function behind(text: string, columns: number): string {
  let left = columns;
  let taken = 0;
  for (const cell of cells(text)) {
    if (left <= 0) break;
    left -= cell.width;
    taken += cell.text.length;
  }
  return text.slice(taken);
}
