import type { TmEvent } from '../../model/event.ts';
import { type ConsoleOptions, createConsoleView } from '../console/console-view.ts';
import type { EventOf } from '../console/story.ts';
import { countOf } from '../count-of.ts';
import { createJsonView } from '../json/json-view.ts';
import { createPalette } from '../palette.ts';
import type { View } from '../view.ts';
import { passes, strangers, type WatchFilter } from './event-filter.ts';

export interface WatchOptions extends Omit<ConsoleOptions, 'logLevel' | 'steps' | 'tells' | 'heading' | 'advice'> {
  readonly filter: WatchFilter;
  /** NDJSON instead of lines; then nothing else is written. */
  readonly json: boolean;
}

/**
 * A run seen from another terminal: its history, then what happens, in the lines that `tm apply` writes. The first
 * line says which run and since when, the last how it ended.
 */
export function createWatchView(options: WatchOptions): View {
  const { filter } = options;
  const shown = (event: TmEvent): boolean => passes(event, filter);
  const inner = options.json
    ? createJsonView({ ...options, tells: shown })
    : createConsoleView({ ...options, logLevel: filter.level, tells: shown, steps: options, heading, advice: false });
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
      if (unended !== undefined && !options.json) {
        options.write(`${quiet(`no longer watching ${unended.run}, which had not ended`)}\n`);
      }
    },
  };
}

/** `watching smoke-5peer-2026-02-03-14-02-11 · since 2026-02-03 14:02:11 UTC · 5 peers`. */
function heading(run: EventOf<'run-started'>, dot: string): string {
  const since = `since ${run.time.slice(0, 10)} ${run.time.slice(11, 19)} UTC`;
  return [`watching ${run.run}`, since, countOf(run.peers.length, 'peer')].join(` ${dot} `);
}
