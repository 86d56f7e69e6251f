/** Which log lines the page holds, where there are too many for one. */
import type { LogFact } from '../run-model/run-facts.ts';

/** A page with more rows is slow to open. */
const MOST_LINES = 20_000;
/** Characters of one line; the journal has the rest. */
const MOST_LENGTH = 2_000;
/** Characters of all lines together. */
const MOST_TEXT = 4_000_000;

export interface LogChoice {
  /** In the order of time. */
  readonly lines: readonly LogFact[];
  /** All that there were. */
  readonly total: number;
}

/** The text of a line as the page has it. */
export function pageText(text: string): string {
  const message = text.replace(/[\r\n]+$/, '');
  if (message.length <= MOST_LENGTH) return message;
  const cut = message.slice(0, MOST_LENGTH).replace(/[\ud800-\udbff]$/, '');
  return `${cut}… (${message.length - cut.length} more characters)`;
}

/** Errors and warnings first, then the newest of the others. */
export function chooseLogs(logs: readonly LogFact[], forgotten: number): LogChoice {
  const total = logs.length + forgotten;
  const chosen = new Set<number>();
  let text = 0;
  const take = (wanted: (line: LogFact) => boolean): void => {
    for (let i = logs.length - 1; i >= 0 && chosen.size < MOST_LINES; i--) {
      const line = logs[i];
      if (line === undefined || !wanted(line)) continue;
      text += Math.min(line.message.length, MOST_LENGTH);
      if (text > MOST_TEXT) return;
      chosen.add(i);
    }
  };
  take(isGrave);
  take((line) => !isGrave(line));
  return { lines: logs.filter((_, i) => chosen.has(i)), total };
}

const isGrave = ({ level }: LogFact): boolean => level === 'error' || level === 'warn';
