import { type EndSignal, exitCodeOfSignal, onEndSignals } from './signals.ts';

/**
 * Work that looks or asks, and leaves nothing behind: the first signal aborts it, the second leaves at once. Gives the exit code of the work,
 * or of the signal where that ended it; rejects as the work does.
 */
export async function untilSignal(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  let by: EndSignal | undefined;
  const quiet = onEndSignals(
    (signal) => {
      by = signal;
      stop.abort();
    },
    (signal) => process.exit(exitCodeOfSignal(signal)),
  );
  try {
    return await work(stop.signal);
  } catch (error) {
    if (by === undefined) throw error;
    return exitCodeOfSignal(by);
  } finally {
    quiet();
  }
}
