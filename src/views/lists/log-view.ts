import type { PeerName } from '../../model/names.ts';
import { LOG_LEVELS, type LogLevel } from '../../model/wire.ts';
import { type Layout, layOut } from '../console/lay-out.ts';
import { createStoryteller, momentOf } from '../console/story.ts';
import { displayWidth } from '../display-width.ts';
import { marksFor } from '../marks.ts';
import type { Output } from '../output.ts';
import { createPalette } from '../palette.ts';
import type { View } from '../view.ts';

export interface LogViewOptions extends Output {
  readonly unicode: boolean;
  /** Only lines of these; they are in the run. */
  readonly peers: ReadonlySet<PeerName>;
  /** Lines of this level and graver ones. */
  readonly level: LogLevel;
}

const NAME_WIDTH = { least: 5, most: 24 } as const;

/** The log lines of a run as its console shows them, and nothing else: when, who, how grave, what. */
export function createLogView(options: LogViewOptions): View {
  const tell = createStoryteller();
  const gravest = LOG_LEVELS.indexOf(options.level);
  let palette = createPalette(options.color, [...options.peers]);
  const longest = Math.max(NAME_WIDTH.least, ...[...options.peers].map(displayWidth));
  return {
    event(event) {
      const story = tell(event);
      // The colours are those of the whole run, as everywhere.
      if (event.type === 'run-started') palette = createPalette(options.color, event.peers);
      if (event.type !== 'log' || !options.peers.has(event.peer)) return;
      if (LOG_LEVELS.indexOf(event.level) > gravest) return;
      const width = options.isTTY ? Math.max(20, options.width()) : undefined;
      const most = width === undefined ? NAME_WIDTH.most : Math.min(NAME_WIDTH.most, Math.floor(width / 5));
      const layout: Layout = {
        palette,
        marks: marksFor(options.unicode),
        width,
        nameWidth: Math.max(NAME_WIDTH.least, Math.min(longest, most)),
        sequences: 'dropped',
      };
      const entry = {
        who: { kind: 'peer', name: event.peer },
        mark: 'log',
        tone: 'quiet',
        level: event.level,
        text: event.message,
      } as const;
      options.write(`${layOut(entry, momentOf(story, event), layout).join('\n')}\n`);
    },
    async close() {
      // Nothing is held back.
    },
  };
}
