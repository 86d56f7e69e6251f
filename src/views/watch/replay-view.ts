import type { View } from '../view.ts';
import { createElsewhereView, type ElsewhereOptions, wallTime } from './elsewhere-view.ts';

export interface ReplayOptions extends Omit<ElsewhereOptions, 'heading' | 'unended' | 'closing'> {
  /** So many times as fast as it was; 0: at once. */
  readonly speed: number;
}

/** A past run, in the lines that `tm apply` wrote; the first line says which, the last how it ended. */
export function createReplayView(options: ReplayOptions): View {
  const { speed } = options;
  const pace = speed === 1 ? [] : [speed === 0 ? 'at once' : `${speed} times as fast`];
  return createElsewhereView({
    ...options,
    heading: (run) => [`replaying ${run.run}`, wallTime(run.time), ...pace],
    unended: (run) => `the replay ends here, before the end of ${run.run}`,
    closing: 'report',
  });
}
