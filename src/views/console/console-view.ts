import type { TmEvent } from '../../model/event.ts';
import { LOG_LEVELS, type LogLevel } from '../../model/wire.ts';
import { countOf } from '../count-of.ts';
import { displayWidth } from '../display-width.ts';
import { createStepNarrator } from '../listr/narrate-steps.ts';
import { marksFor } from '../marks.ts';
import type { Output } from '../output.ts';
import { createPalette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import type { View } from '../view.ts';
import type { AskedBy } from './asked-by.ts';
import type { Entry } from './entry.ts';
import { type Layout, layOut } from './lay-out.ts';
import { narrate } from './narrate.ts';
import { paintVerdict } from './paint-verdict.ts';
import { createStoryteller, type EventOf, momentOf, type Story } from './story.ts';
import { verdictBlock } from './verdict-block.ts';

export interface ConsoleOptions extends Output {
  /** Whether the terminal shows Unicode; else ASCII signs stand in for ours (not in what peers wrote). */
  readonly unicode: boolean;
  /** Tells every step, every receipt, and the messages outside the timeline. */
  readonly verbose: boolean;
  /** Log lines of this level and graver ones are told. */
  readonly logLevel: LogLevel;
  /** Where lines about steps go (stderr: they are progress); missing: another view shows them. */
  readonly steps?: Output;
  /** Whether an event is told; missing: all are. What is not told still counts in the verdict. */
  readonly tells?: (event: TmEvent) => boolean;
  /** How a path is shown to a person: relative to where tm was started. */
  readonly shownPath?: (path: string) => string;
  /** How the run was asked for, for what to type next; missing: plainly. */
  readonly asked?: AskedBy;
  /** The first line, when a run begins; missing: `smoke-5peer · 5 peers · smoke.yaml`. */
  readonly heading?: (run: EventOf<'run-started'>, dot: string) => string;
  /** What stands below the verdict: also where the report is and what to type next (missing), only the report, or neither. */
  readonly closing?: 'report' | 'verdict';
}

/** A column of names is never narrower or wider than this. */
const NAME_WIDTH = { least: 5, most: 16 } as const;

/**
 * The run as lines, in the order of its events, and at the end its verdict. Lines are only ever added; on a terminal
 * they are wrapped to its width, elsewhere they are left whole for `grep`.
 */
export function createConsoleView(options: ConsoleOptions): View {
  const marks = marksFor(options.unicode);
  let palette = createPalette(options.color);
  const tell = createStoryteller();
  const narrateSteps = createStepNarrator(marks, options.verbose);
  const shownPath = options.shownPath ?? ((path) => path);
  const shown = new Set(LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(options.logLevel) + 1));
  let story: Story | undefined;
  let longestName = 0;
  let toldVerdict: Story['verdict'];

  const layoutFor = (output: Output): Layout => {
    const width = output.isTTY ? Math.max(20, output.width()) : undefined;
    const colors = output === options ? palette : createPalette(output.color);
    return { palette: colors, marks, width, nameWidth: nameWidth(longestName, width), sequences: 'dropped' };
  };
  const writeVerdict = (): void => {
    if (story?.verdict === undefined || story.verdict === toldVerdict) return;
    toldVerdict = story.verdict;
    const block = verdictBlock(story, shownPath, marks, options.asked);
    if (block === undefined) return;
    const rows = block.rows.filter(
      ({ label }) => options.closing === undefined || (options.closing === 'report' && label !== 'next'),
    );
    options.write(joined(paintVerdict({ ...block, rows }, layoutFor(options))));
  };

  return {
    event(event) {
      if (event.type === 'log' && !shown.has(event.level)) return;
      story = tell(event);
      const moment = momentOf(story, event);
      const write = (entries: readonly Entry[], output: Output): void => {
        if (entries.length === 0) return;
        const layout = layoutFor(output);
        output.write(joined(entries.flatMap((entry) => layOut(entry, moment, layout))));
      };
      if (event.type === 'run-started') {
        palette = createPalette(options.color, event.peers);
        longestName = Math.max(0, ...event.peers.map(displayWidth));
        const heading = (options.heading ?? defaultHeading(shownPath))(event, marks.dot);
        options.write(`${palette.tone.strong(safeLine(heading))}\n`);
      }
      const tells = options.tells?.(event) ?? true;
      const steps = narrateSteps(event);
      if (tells && options.steps !== undefined) write(steps, options.steps);
      const told = narrate(event, story, options.verbose);
      // Of a peer that is not watched, what it means for the whole run is told all the same.
      write(tells ? told : told.filter((entry) => entry.who.kind === 'tm'), options);
      // The verdict is known before teardown, but it is the last thing that a person should read.
      if (event.type === 'run-ended') writeVerdict();
    },
    async close() {
      writeVerdict();
    },
  };
}

/** Columns for names: the longest's, within bounds, and on a narrow terminal at most a fifth of it. */
function nameWidth(longest: number, width: number | undefined): number {
  const most = width === undefined ? NAME_WIDTH.most : Math.min(NAME_WIDTH.most, Math.floor(width / 5));
  return Math.max(NAME_WIDTH.least, Math.min(longest, most));
}

function defaultHeading(shownPath: (path: string) => string) {
  return (run: EventOf<'run-started'>, dot: string): string => {
    const parts = [run.test, countOf(run.peers.length, 'peer'), shownPath(run.file)];
    return [...parts, ...(run.resumed ? ['goes on with an earlier attempt'] : [])].join(` ${dot} `);
  };
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
