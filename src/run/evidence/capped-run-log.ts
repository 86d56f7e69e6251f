import type { RunLog, RunRequest } from '../request.ts';

/** A readable log, and what became of it. */
export interface CappedRunLog extends RunLog {
  /** Bytes that it has, and bytes of log lines that were left out of it. */
  kept(): { readonly bytes: number; readonly cut: number };
}

/** The readable log, from which log lines are left out as soon as it has `maxBytes` bytes; everything else is still told. */
export function cappedRunLog(
  make: NonNullable<RunRequest['runLog']>,
  append: (text: string) => void,
  maxBytes: number,
): CappedRunLog {
  let bytes = 0;
  let cut = 0;
  const write = (text: string): void => {
    bytes += Buffer.byteLength(text);
    append(text);
  };
  const log = make(write);
  return {
    event: (event) => {
      if (event.type !== 'log' || bytes < maxBytes) return log.event(event);
      if (cut === 0) write('--- log lines are left out from here on: this file has become too large ---\n');
      cut += Buffer.byteLength(event.message);
    },
    close: () => log.close(),
    kept: () => ({ bytes, cut }),
  };
}
