/**
 * What a view must remember of a run to tell it line by line: when its timeline began, what each peer was last told,
 * what became of the commands. A fold over events, and nothing else.
 */
import type { EventBody, TmEvent } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';

/** The events of one type, stamped. */
export type EventOf<Type extends EventBody['type']> = TmEvent & { readonly type: Type };

/** A command of the timeline and what became of it. */
export interface CommandFate {
  readonly sent: EventOf<'command-sent'>;
  /** Milliseconds from sending to taking; missing while it lies in the queue. */
  readonly takenAfterMs?: number;
}

/** A run so far. */
export interface Story {
  readonly run?: EventOf<'run-started'>;
  readonly described?: EventOf<'test-described'>;
  readonly timeline?: EventOf<'timeline-started'>;
  readonly timelineEnded?: EventOf<'timeline-ended'>;
  /** The last thing that each peer was told, and when. */
  readonly lastTold: ReadonlyMap<PeerName, { readonly command: string; readonly atMs: number }>;
  /** The timeline's commands that were sent, by index. */
  readonly commands: ReadonlyMap<number, CommandFate>;
  readonly skipped: number;
  /** The same by their reason. */
  readonly skippedBecause: ReadonlyMap<string, number>;
  /** Peers that were sent `shutdown`. */
  readonly toldToStop: number;
  /** A person or a signal asked for the end. */
  readonly stopping: boolean;
  readonly deaths: readonly EventOf<'peer-died'>[];
  /** What became of the expectations, by id, in the order in which they were decided. */
  readonly decided: ReadonlyMap<number, EventOf<'expectation-decided'>>;
  /** Of those that are unmet: what they asked for came after all, behind their window. */
  readonly late: ReadonlyMap<number, EventOf<'expectation-late'>>;
  readonly rules: readonly EventOf<'rule-decided'>[];
  readonly verdict?: EventOf<'verdict'>;
  readonly ended?: EventOf<'run-ended'>;
}

/** Folds events, one at a time, and gives the story so far. A `run-started` begins a new one. */
export function createStoryteller(): (event: TmEvent) => Story {
  let facts = nothing();
  return (event) => {
    if (event.type === 'run-started') facts = nothing();
    learn(facts, event);
    return facts;
  };
}

/** A point of a run: milliseconds since its timeline began or, before that, since the run began. */
export interface Moment {
  readonly ms: number;
  readonly since: 'run' | 'timeline';
}

/** When an event happened, as the story's reader counts. */
export function momentOf(story: Story, event: TmEvent): Moment {
  return story.timeline === undefined
    ? { ms: event.atMs, since: 'run' }
    : { ms: event.atMs - story.timeline.atMs, since: 'timeline' };
}

// Changed in place: a run of a thousand peers has a million events, and copying its maps for each would be quadratic.
interface Facts extends Story {
  run?: EventOf<'run-started'>;
  described?: EventOf<'test-described'>;
  timeline?: EventOf<'timeline-started'>;
  timelineEnded?: EventOf<'timeline-ended'>;
  verdict?: EventOf<'verdict'>;
  ended?: EventOf<'run-ended'>;
  toldToStop: number;
  skipped: number;
  stopping: boolean;
  readonly skippedBecause: Map<string, number>;
  readonly lastTold: Map<PeerName, { readonly command: string; readonly atMs: number }>;
  readonly commands: Map<number, CommandFate>;
  readonly deaths: EventOf<'peer-died'>[];
  readonly decided: Map<number, EventOf<'expectation-decided'>>;
  readonly late: Map<number, EventOf<'expectation-late'>>;
  readonly rules: EventOf<'rule-decided'>[];
}

const nothing = (): Facts => ({
  toldToStop: 0,
  skipped: 0,
  stopping: false,
  skippedBecause: new Map(),
  lastTold: new Map(),
  commands: new Map(),
  deaths: [],
  decided: new Map(),
  late: new Map(),
  rules: [],
});

function learn(facts: Facts, event: TmEvent): void {
  switch (event.type) {
    case 'run-started':
      facts.run = event;
      return;
    case 'test-described':
      facts.described = event;
      return;
    case 'timeline-started':
      facts.timeline = event;
      return;
    case 'timeline-ended':
      facts.timelineEnded = event;
      return;
    case 'message-sent':
      // What everybody is told explains no single death.
      if (event.origin === 'hand') facts.lastTold.set(event.peer, event);
      if (event.origin === 'shutdown') facts.toldToStop += 1;
      return;
    case 'command-sent':
      facts.lastTold.set(event.peer, event);
      facts.commands.set(event.index, { sent: event });
      return;
    case 'command-taken': {
      const fate = event.index === undefined ? undefined : facts.commands.get(event.index);
      if (fate !== undefined) facts.commands.set(fate.sent.index, { ...fate, takenAfterMs: event.afterMs });
      return;
    }
    case 'command-skipped':
      facts.skipped += 1;
      facts.skippedBecause.set(event.because, (facts.skippedBecause.get(event.because) ?? 0) + 1);
      return;
    case 'stop-requested':
      facts.stopping = true;
      return;
    case 'peer-died':
      facts.deaths.push(event);
      return;
    case 'expectation-decided':
      facts.decided.set(event.expectation, event);
      return;
    case 'expectation-late':
      facts.late.set(event.expectation, event);
      return;
    case 'rule-decided':
      facts.rules.push(event);
      return;
    case 'verdict':
      facts.verdict = event;
      return;
    case 'run-ended':
      facts.ended = event;
      return;
    default:
      // The other events are told as they come; nothing later refers to them.
      return;
  }
}
