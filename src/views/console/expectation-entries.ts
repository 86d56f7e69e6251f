/** What expectations and waits have to say while a run goes on. */
import { assertNever } from '../../lib/assert-never.ts';
import { formatSeconds } from '../../lib/format-duration.ts';
import { marksFor } from '../marks.ts';
import { shortTime } from '../short-time.ts';
import { aside, type Entry, peer, quoted, TM } from './entry.ts';
import { evidenceLines } from './evidence-lines.ts';
import type { EventOf, Story } from './story.ts';

/** `"pull" waits for bob: log "hi"`. */
export function waitingEntry(event: EventOf<'command-waiting'>, story: Story): Entry {
  const waits = story.described?.timeline.entries[event.index]?.waits;
  const what = waits?.kind === 'when' ? waits.all.map((demand) => demand.text).join(' and ') : 'its condition';
  const left = event.untilMs - (event.atMs - (story.timeline?.atMs ?? event.atMs));
  return {
    who: peer(event.peer),
    mark: 'waiting',
    tone: 'quiet',
    text: `${quoted(event.command)}: waiting for ${what}`,
    note: `at most ${shortTime(left)}`,
  };
}

/** A decision when it is made. After the timeline the verdict follows at once, and brings the evidence. */
export function decisionEntry(event: EventOf<'expectation-decided'>, story: Story, verbose: boolean): readonly Entry[] {
  const what = expectationText(event.expectation, story);
  switch (event.outcome) {
    case 'met':
      return [{ who: TM, mark: 'good', tone: 'good', text: what, note: `met: ${event.because}` }];
    case 'unmet': {
      const evidence = verbose || story.timelineEnded === undefined ? belowUnmet(event) : [];
      return [{ who: TM, mark: 'bad', tone: 'bad', text: `${what}: unmet`, below: [event.because, ...evidence] }];
    }
    case 'undecided':
      // After Ctrl-C, and where no timeline began, that is true of every one that was open: the verdict counts them.
      if ((story.stopping || story.timeline === undefined) && !verbose) return [];
      return [{ ...aside(`${what}: undecided`), note: event.because }];
    default:
      return assertNever(event.outcome);
  }
}

/** What an unmet expectation asked for came after all. */
export function lateEntry({ expectation, sighting }: EventOf<'expectation-late'>, story: Story): Entry {
  return {
    who: TM,
    mark: 'caution',
    tone: 'caution',
    text: `${expectationText(expectation, story)}: too late, at ${formatSeconds(sighting.atMs)} by ${sighting.peer}`,
  };
}

/** An expectation in the words of its test. */
export function expectationText(id: number, story: Story): string {
  return story.described?.expectations[id]?.text ?? `expectation ${id + 1}`;
}

/** The sign at the nearest is plain ASCII: entries know no terminal. */
function belowUnmet(event: EventOf<'expectation-decided'>): readonly string[] {
  return evidenceLines(event, marksFor(false)).map(({ text, nearest }) => `${nearest ? '>' : ' '} ${text}`);
}
