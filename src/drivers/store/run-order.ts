import { byCodePoint } from '../../lib/code-point-order.ts';
import type { ArchivedRun } from '../../ports/archive.ts';

/** `…-YYYY-MM-DD-HH-MM-SS`, and a number where two began in one second. */
const RUN = /-(\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2})(?:-(\d+))?$/;

/** Newest first, by the time in the run's id; one without a time, which a person named, comes last. */
export function byAge(a: ArchivedRun, b: ArchivedRun): number {
  const [, timeA = '', numberA = '1'] = RUN.exec(a.run) ?? [];
  const [, timeB = '', numberB = '1'] = RUN.exec(b.run) ?? [];
  return (
    byCodePoint(timeB, timeA) ||
    Number(numberB) - Number(numberA) ||
    byCodePoint(a.run, b.run) ||
    byCodePoint(a.path, b.path)
  );
}
