/** What each event has to say: at most a few entries, many none. Steps are told elsewhere, the verdict in a block of its own. */
import { assertNever } from '../../lib/assert-never.ts';
import type { TmEvent } from '../../model/event.ts';
import { parseStatus } from '../../model/wire.ts';
import { countOf } from '../count-of.ts';
import { shortTime } from '../short-time.ts';
import { clockEntry } from './clock-entry.ts';
import { deathEntry } from './death-entry.ts';
import { aside, caution, type Entry, peer, quoted, TM } from './entry.ts';
import { evidenceEntry } from './evidence-entry.ts';
import { decisionEntry, lateEntry, waitingEntry } from './expectation-entries.ts';
import type { EventOf, Story } from './story.ts';

/** Commands that are told one by one as not sent for one reason. */
const MOST_SKIPPED = 3;
/** A command that is sent or taken later than this, in milliseconds, is worth a word. */
const WORTH_SAYING_MS = 50;

/**
 * The entries of an event, in a story that holds it already. A command is told when it is sent and not when it is
 * taken, since lines are only ever added and a peer that hangs never takes it; the receipt then gets a line of its own
 * only when it was slow. `verbose` tells every receipt, and the messages outside the timeline.
 */
export function narrate(event: TmEvent, story: Story, verbose: boolean): readonly Entry[] {
  switch (event.type) {
    case 'phase': {
      const peers = story.run?.peers.length ?? 0;
      return [
        ...(verbose ? [aside(`phase ${event.phase}`)] : []),
        ...(event.phase === 'monitoring' && peers > 0 ? [aside(`waiting for ${countOf(peers, 'peer')} to start`)] : []),
      ];
    }
    case 'warning':
      return [caution(TM, event.message, event.hint)];
    case 'planned':
      return event.plan.warnings.map((warning) => caution(TM, warning));
    case 'test-described':
      return varsAside(event);
    case 'host-described':
      return clockEntry(event, verbose);
    case 'bus-ready':
      return busEntry(event, verbose);
    case 'bus-lost':
      return [caution(TM, `redis lost: ${event.because}; trying again`)];
    case 'bus-restored':
      return [{ who: TM, mark: 'good', tone: 'good', text: `redis is back after ${shortTime(event.afterMs)}` }];
    case 'peer-status': {
      const { word, detail } = parseStatus(event.status);
      const missed =
        event.missed > 0 ? `${countOf(event.missed, 'earlier status', 'earlier statuses')} went by unread` : undefined;
      const note = [detail, missed].filter((part) => part !== undefined).join('  ');
      return [{ who: peer(event.peer), mark: 'status', tone: 'strong', text: word, ...(note === '' ? {} : { note }) }];
    }
    case 'log':
      return [{ who: peer(event.peer), mark: 'log', tone: 'quiet', level: event.level, text: event.message }];
    case 'message-sent':
      return message(event, story, verbose);
    case 'timeline-started': {
      const length = event.lengthMs === 0 ? '' : ` over ${shortTime(event.lengthMs)}`;
      const expectations = story.described?.expectations.length ?? 0;
      const more = expectations === 0 ? '' : `, ${countOf(expectations, 'expectation')}`;
      const text = `timeline: ${countOf(event.commands, 'command')}${length}${more}`;
      return [{ who: TM, mark: 'start', tone: 'sent', text, note: 'times count from here' }];
    }
    case 'command-sent': {
      const lateMs = event.sentMs - event.dueMs;
      const note = lateMs >= WORTH_SAYING_MS ? { note: `${shortTime(lateMs)} late` } : {};
      return [{ who: peer(event.peer), mark: 'sent', tone: 'sent', text: event.command, ...note }];
    }
    case 'command-taken':
      if (event.afterMs < WORTH_SAYING_MS && !verbose) return [];
      return [
        {
          who: peer(event.peer),
          mark: 'info',
          tone: 'quiet',
          text: `took ${quoted(event.command)} after ${shortTime(event.afterMs)}`,
        },
      ];
    case 'command-skipped':
      // After Ctrl-C that is true of every command that was still to come: the verdict counts them.
      if (story.stopping && !verbose) return [];
      return skipped(event, story, verbose);
    case 'peer-died':
      return [deathEntry(event, story)];
    case 'peer-exited': {
      const clean = event.exitCode === undefined || event.exitCode === 0;
      const text = event.exitCode === undefined ? 'exited' : `exited with ${event.exitCode}`;
      if (clean) return verbose ? [{ who: peer(event.peer), mark: 'stop', tone: 'quiet', text }] : [];
      // Any other code is a death: this one asked to be started again.
      return [caution(peer(event.peer), `${text}, and is not started again: the test is over`)];
    }
    case 'peer-restarting': {
      const text = event.delayMs === 0 ? 'restarting now' : `restarting in ${shortTime(event.delayMs)}`;
      return [{ who: peer(event.peer), mark: 'restart', tone: 'sent', text }];
    }
    case 'peer-silent':
      return [
        caution(
          peer(event.peer),
          `silent for ${shortTime(event.forMs)}: no heartbeat, status or log line`,
          'it hangs, is suspended, or does not reach Redis',
        ),
      ];
    case 'peer-heard':
      return [
        { who: peer(event.peer), mark: 'good', tone: 'good', text: `heard again after ${shortTime(event.afterMs)}` },
      ];
    case 'host-lost':
      return [{ who: { kind: 'place', name: event.host }, mark: 'bad', tone: 'bad', text: `lost: ${event.because}` }];
    case 'stop-requested':
      return [
        {
          who: TM,
          mark: 'stop',
          tone: 'caution',
          text: `stop requested by ${event.by}`,
          note: 'once more leaves at once',
        },
      ];
    case 'timeline-ended':
      return verbose ? [aside(`timeline ended after ${shortTime(event.ms)}`)] : [];
    case 'verdict':
      return verbose ? [aside(`verdict: ${event.verdict.kind}`)] : [];
    case 'command-waiting':
      return [waitingEntry(event, story)];
    case 'expectation-decided':
      return decisionEntry(event, story, verbose);
    case 'expectation-late':
      return [lateEntry(event, story)];
    case 'hand-refused':
      return [
        { ...caution(peer(event.peer), `${quoted(event.command)} not sent: ${event.because}`), note: byHand(event.by) },
      ];
    case 'evidence-saved':
      return evidenceEntry(event, verbose);
    // Rules come with the verdict.
    case 'rule-decided':
    case 'run-started':
    case 'step-started':
    case 'step-progress':
    case 'step-finished':
    case 'step-failed':
    case 'step-skipped':
    case 'run-ended':
      return [];
    default:
      return assertNever(event);
  }
}

/** Bootstrap and shutdown go to every peer alike: forty equal lines say less than one. */
function message(event: EventOf<'message-sent'>, story: Story, verbose: boolean): readonly Entry[] {
  const entry: Entry = {
    who: peer(event.peer),
    mark: 'sent',
    tone: 'sent',
    text: event.command,
    note: event.origin === 'hand' ? byHand(event.by) : event.origin,
  };
  if (verbose || event.origin === 'hand') return [entry];
  if (event.origin !== 'shutdown' || story.toldToStop !== 1) return [];
  const after = story.timelineEnded === undefined ? '' : `timeline ended after ${shortTime(story.timelineEnded.ms)}, `;
  return [{ who: TM, mark: 'stop', tone: 'sent', text: `${after}shutting the peers down` }];
}

/** Commands that are skipped for one reason, such as `--fail-fast`, may be all that are left: the first few stand for them. */
function skipped(event: EventOf<'command-skipped'>, story: Story, verbose: boolean): readonly Entry[] {
  const count = verbose ? 1 : (story.skippedBecause.get(event.because) ?? 1);
  if (count > MOST_SKIPPED + 1) return [];
  if (count > MOST_SKIPPED) return [caution(TM, `more commands are not sent: ${event.because}`)];
  return [caution(peer(event.peer), `${quoted(event.command)} not sent: ${event.because}`)];
}

/** `by hand, ana@laptop`. */
const byHand = (by: string | undefined): string => (by === undefined ? 'by hand' : `by hand, ${by}`);

/** What this run was given for the vars of its file: two runs of one file differ in nothing else. */
function varsAside({ vars }: EventOf<'test-described'>): readonly Entry[] {
  const given = Object.entries(vars).map(([name, value]) => `${name}=${value}`);
  return given.length === 0 ? [] : [aside(`with ${given.join(' ')}`)];
}

function busEntry({ redis, precision }: EventOf<'bus-ready'>, verbose: boolean): readonly Entry[] {
  switch (precision) {
    case 'replicated':
      return verbose ? [aside(`listening on ${redis}: every status is seen, from its replication stream`)] : [];
    case 'notified':
      return verbose ? [aside(`listening on ${redis}: statuses are read when it notifies`)] : [];
    case 'polled':
      return [
        caution(
          TM,
          `${redis} gives no notifications, so statuses are polled`,
          'statuses that change quickly may be missed; allow CONFIG SET there, or leave Redis to tm',
        ),
      ];
    default:
      return assertNever(precision);
  }
}
