import type { TmEvent } from '../../model/event.ts';
import { parseEvent } from '../../views/watch/parse-event.ts';

/** The events of journal lines; what this version does not know is left out. */
export async function* parseEvents(lines: AsyncIterable<string>): AsyncGenerator<TmEvent> {
  for await (const line of lines) {
    const event = parseEvent(line);
    if (event !== undefined) yield event;
  }
}
