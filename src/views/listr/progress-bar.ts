import { formatBytes } from '../../lib/format-bytes.ts';
import { formatDuration } from '../../lib/format-duration.ts';
import type { Marks } from '../marks.ts';
import type { Segment } from '../segments.ts';
import type { Progress } from './step-board.ts';

/** A transfer under way. */
export interface Transferring {
  readonly sinceMs: number;
  /** The last samples, oldest first. */
  readonly progress: readonly Progress[];
}

const BAR_WIDTH = 12;
/** Columns below which the numbers are worth more than the bar. */
const ROOM_FOR_BAR = 60;

/**
 * `▕███████     ▏ 61 %  11 of 18.2 MB  17 MB/s, 6 s left`: how far a transfer is, and how long it will take at the
 * rate of its last samples. Once all bytes are there the engine still unpacks them, which no one can measure: it says so.
 */
export function progressSegments(transfer: Transferring, marks: Marks, room: number): readonly Segment[] {
  const last = transfer.progress.at(-1);
  if (last === undefined) return [];
  if (last.total <= 0) return [{ text: formatBytes(last.done) }];
  if (last.done >= last.total) return [{ text: `loading ${formatBytes(last.total)}` }];
  const part = last.done / last.total;
  const percent: Segment = { text: `${String(Math.floor(part * 100)).padStart(2)} %` };
  const speed = speedText(transfer);
  if (room < ROOM_FOR_BAR) return [percent, ...(speed === undefined ? [] : [quiet(`  ${speed}`)])];
  const full = Math.floor(part * BAR_WIDTH);
  return [
    { text: marks.bar.left },
    { text: marks.bar.full.repeat(full), tone: 'sent' },
    { text: `${marks.bar.empty.repeat(BAR_WIDTH - full)}${marks.bar.right} ` },
    percent,
    quiet(`  ${amount(last)}${speed === undefined ? '' : `  ${speed}`}`),
  ];
}

/** `11 of 18.2 MB`: the unit is said once where it is the same. */
function amount({ done, total }: Progress): string {
  const [count = '', unit] = formatBytes(done).split(' ');
  const all = formatBytes(total);
  return `${unit === all.split(' ')[1] ? count : formatBytes(done)} of ${all}`;
}

/** Milliseconds of samples below which a rate would be a guess. */
const STEADY_MS = 400;

/** `17 MB/s, 6 s left`, from the oldest kept sample (or the start) to the newest; undefined before there is a steady rate. */
function speedText({ sinceMs, progress }: Transferring): string | undefined {
  const last = progress.at(-1);
  if (last === undefined) return undefined;
  const from = (progress.length > 1 ? progress[0] : undefined) ?? { atMs: sinceMs, done: 0 };
  if (last.atMs - sinceMs < STEADY_MS) return undefined;
  const bytesPerMs = (last.done - from.done) / (last.atMs - from.atMs);
  if (!(bytesPerMs > 0) || !Number.isFinite(bytesPerMs)) return undefined;
  // Whole seconds: tenths would flicker with every sample.
  const seconds = Math.max(1, Math.round((last.total - last.done) / bytesPerMs / 1000));
  return `${formatBytes(bytesPerMs * 1000)}/s, ${formatDuration(seconds * 1000)} left`;
}

const quiet = (text: string): Segment => ({ text, tone: 'quiet' });
