import { Chalk } from 'chalk';
import type { AskedBy } from '../console/asked-by.ts';
import { type Layout, layOut } from '../console/lay-out.ts';
import { narrate } from '../console/narrate.ts';
import { paintVerdict } from '../console/paint-verdict.ts';
import { createStoryteller, momentOf, type Story } from '../console/story.ts';
import { verdictBlock } from '../console/verdict-block.ts';
import { displayWidth } from '../display-width.ts';
import { createStepNarrator } from '../listr/narrate-steps.ts';
import { marksFor } from '../marks.ts';
import { createPalette } from '../palette.ts';
import type { View } from '../view.ts';

export interface RunLogOptions {
  /** Takes text with its newlines, in order. */
  readonly append: (text: string) => void;
  /** How a path is shown to a person; missing: as it is. */
  readonly shownPath?: (path: string) => string;
  /** How the run was asked for, for what to type next; missing: plainly. */
  readonly asked?: AskedBy;
}

const MOST_NAME_WIDTH = 24;

/**
 * `run.log`: the whole run for reading, years later and without tm. Every event with its wall time and its offset,
 * every log line of every level as the peer wrote it; only control characters are shown instead of obeyed.
 */
export function createRunLog(options: RunLogOptions): View {
  const marks = marksFor(true);
  const palette = createPalette(new Chalk({ level: 0 }));
  const tell = createStoryteller();
  const narrateSteps = createStepNarrator(marks, true);
  let layout: Layout = { palette, marks, width: undefined, nameWidth: 0, sequences: 'shown' };
  let toldVerdict: Story['verdict'];

  const append = (lines: readonly string[]): void => options.append(lines.map((line) => `${line}\n`).join(''));
  const appendVerdict = (story: Story): void => {
    const block = verdictBlock(story, options.shownPath ?? ((path) => path), marks, options.asked);
    if (block === undefined || story.verdict === toldVerdict) return;
    toldVerdict = story.verdict;
    append(['', ...paintVerdict(block, layout)]);
  };

  let story: Story | undefined;
  return {
    event(event) {
      story = tell(event);
      if (event.type === 'run-started') {
        const longest = Math.max(0, ...event.peers.map(displayWidth));
        layout = { ...layout, nameWidth: Math.min(MOST_NAME_WIDTH, longest) };
        append([
          `# ${event.test}, run ${event.run}${event.resumed ? ' (goes on with an earlier attempt)' : ''}, tm ${event.version}`,
          `# ${event.file}`,
          '# wall time (UTC), time since the run began (0.1s) or since its timeline began (0.001s), whom it is about, what happened',
        ]);
      }
      const moment = momentOf(story, event);
      const entries = [...narrateSteps(event), ...narrate(event, story, true)];
      if (entries.length > 0) append(entries.flatMap((entry) => layOut(entry, moment, layout, `${event.time}  `)));
      if (event.type === 'run-ended') appendVerdict(story);
    },
    async close() {
      if (story !== undefined) appendVerdict(story);
    },
  };
}
