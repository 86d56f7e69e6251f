import type { View } from '../view.ts';
import { createElsewhereView, type ElsewhereOptions, wallTime } from './elsewhere-view.ts';

export type WatchOptions = Omit<ElsewhereOptions, 'heading' | 'unended' | 'closing'>;

/**
 * A run seen from another terminal: its history, then what happens, in the lines that `tm apply` writes. The first
 * line says which run and since when, the last how it ended.
 */
export function createWatchView(options: WatchOptions): View {
  return createElsewhereView({
    ...options,
    heading: (run) => [`watching ${run.run}`, `since ${wallTime(run.time)}`],
    unended: (run) => `no longer watching ${run.run}, which had not ended`,
    // Paths of the machine that runs it help nobody elsewhere.
    closing: 'verdict',
  });
}
