import type { TmEvent } from '../../model/event.ts';
import type { View } from '../view.ts';

export interface JsonOptions {
  readonly write: (text: string) => void;
  /** Whether an event is written; missing: all are. */
  readonly tells?: (event: TmEvent) => boolean;
}

/** NDJSON: each event as one line, as the journal has it (schemas/event.schema.json), and nothing else. */
export function createJsonView(options: JsonOptions): View {
  return {
    event(event) {
      if (options.tells?.(event) ?? true) options.write(`${JSON.stringify(event)}\n`);
    },
    async close() {
      // Nothing is held back.
    },
  };
}
