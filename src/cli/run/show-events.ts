import type { TmEvent } from '../../model/event.ts';
import type { View } from '../../views/view.ts';
import { onEndSignals } from './signals.ts';

/**
 * Shows the events of a run that somebody else runs, or has run, until they end or whoever looks has seen enough: by a signal, by closing
 * the reader of stdout, or by `quit`, which the view is made with. The view is closed in the end, whatever happens.
 */
export async function showEvents(
  viewOf: (quit: () => void) => Promise<View>,
  eventsUntil: (left: AbortSignal) => AsyncIterable<TmEvent>,
): Promise<void> {
  const leave = new AbortController();
  process.stdout.once('error', () => leave.abort());
  const view = await viewOf(() => leave.abort());
  const quiet = onEndSignals(
    () => {
      view.leave?.();
      leave.abort();
    },
    () => process.exit(0),
  );
  try {
    for await (const event of eventsUntil(leave.signal)) view.event(event);
  } catch (error) {
    // What went wrong is to be read, not what the screen showed last.
    view.leave?.();
    throw error;
  } finally {
    await view.close();
    quiet();
  }
}
