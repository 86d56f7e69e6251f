import type { TmEvent } from '../../model/event.ts';
import { type ConsoleOptions, createConsoleView } from '../console/console-view.ts';
import type { EventOf } from '../console/story.ts';
import { countOf } from '../count-of.ts';
import { createJsonView } from '../json/json-view.ts';
import { createPalette } from '../palette.ts';
import type { View } from '../view.ts';
import { passes, strangers, type WatchFilter } from './event-filter.ts';

export interface ElsewhereOptions extends Omit<ConsoleOptions, 'logLevel' | 'steps' | 'tells' | 'heading'> {
  readonly filter: WatchFilter;
  /** NDJSON instead of lines; then nothing else is written. */
  readonly json: boolean;
  /** Parts of the first line; how many peers the run has is added. */
  readonly heading: (run: EventOf<'run-started'>) => readonly string[];
  /** The last line, where the events end before the run does. */
  readonly unended: (run: EventOf<'run-started'>) => string;
}

/** A run that another tm runs, or has run, in the lines of its console, steps among them. Only what the filter passes is told. */
export function createElsewhereView(options: ElsewhereOptions): View {
  const { filter } = options;
  const shown = (event: TmEvent): boolean => passes(event, filter);
  const heading = (run: EventOf<'run-started'>, dot: string): string =>
    [...options.heading(run), countOf(run.peers.length, 'peer')].join(` ${dot} `);
  const inner = options.json
    ? createJsonView({ ...options, tells: shown })
    : createConsoleView({ ...options, logLevel: filter.level, tells: shown, steps: options, heading });
  const { quiet, caution } = createPalette(options.color).tone;
  let unended: EventOf<'run-started'> | undefined;

  return {
    event(event) {
      // Of a managed Redis the verdict is the last word: its stream goes with it in the teardown.
      if (event.type === 'verdict' || event.type === 'run-ended') unended = undefined;
      inner.event(event);
      if (event.type !== 'run-started') return;
      unended = event;
      const unknown = strangers(filter, event.peers);
      if (unknown.length > 0 && !options.json) {
        options.write(`${caution(`not in this run: ${unknown.join(', ')}`)}\n`);
      }
    },
    async close() {
      await inner.close();
      if (unended !== undefined && !options.json) options.write(`${quiet(options.unended(unended))}\n`);
    },
  };
}

/** `2026-02-03 14:02:11 UTC`. */
export const wallTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
