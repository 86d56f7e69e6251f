/** What is known of a run: the shape that the model folds its events into, and that the TUI, the reports and the lists draw. */
import type { EventBody, Phase, StatusSource, TmEvent } from '../../model/event.ts';
import type { Expectation, ExpectationOutcome, Rule } from '../../model/expectation.ts';
import type { HostName, PeerName } from '../../model/names.ts';
import type { LogLevel } from '../../model/wire.ts';

/** The events of one type, stamped. */
export type EventOf<Type extends EventBody['type']> = TmEvent & { readonly type: Type };

/** A status and when it came. `atMs` counts from the start of the run, as everywhere in the model. */
export interface StatusFact {
  readonly atMs: number;
  readonly status: string;
  readonly missed: number;
  readonly via?: StatusSource;
  readonly reportedAt?: string;
}

/** A stretch in which a peer that sends heartbeats was not heard. */
export interface SilenceFact {
  /** When it was last heard. */
  readonly fromMs: number;
  /** When it was heard again, or excused by its restart or its end; missing: not yet. */
  readonly toMs?: number;
  /** Its own wall time of its last heartbeat. */
  readonly lastAt: string;
}

export interface PeerFacts {
  readonly peer: PeerName;
  readonly host?: HostName;
  readonly image?: string;
  /** In the order that they came. */
  readonly statuses: readonly StatusFact[];
  /** `waiting`: it has reported nothing yet. */
  readonly life: 'waiting' | 'alive' | 'ended' | 'died';
  readonly died?: EventOf<'peer-died'>;
  readonly exited?: EventOf<'peer-exited'>;
  readonly restarts: readonly EventOf<'peer-restarting'>[];
  /** In their order; only the last one may be going on. */
  readonly silences: readonly SilenceFact[];
  readonly logs: Readonly<Record<LogLevel, number>>;
}

/** A message to a peer: a command of the timeline (`index`), or one from outside of it. */
export interface CommandFacts {
  readonly index?: number;
  readonly peer: PeerName;
  readonly command: string;
  readonly origin: 'timeline' | 'bootstrap' | 'shutdown' | 'hand';
  readonly by?: string;
  /** From the start of the timeline; the earliest one for a command that waits. Missing outside of the timeline. */
  readonly plannedMs?: number;
  readonly waiting?: EventOf<'command-waiting'>;
  /** Of the run, not of the timeline. */
  readonly sentAtMs?: number;
  /** From the start of the timeline. */
  readonly dueMs?: number;
  /** From the start of the timeline. */
  readonly sentMs?: number;
  readonly takenAfterMs?: number;
  readonly skipped?: string;
}

export interface ExpectationFacts {
  readonly expectation: Expectation;
  /** Missing while it is open. */
  readonly decided?: EventOf<'expectation-decided'>;
  readonly late?: EventOf<'expectation-late'>;
}

export interface RuleFacts {
  readonly rule: Rule;
  readonly outcome: ExpectationOutcome;
  readonly reasons: readonly string[];
}

export interface LogFact {
  readonly seq: number;
  readonly atMs: number;
  readonly time: string;
  readonly peer: PeerName;
  readonly level: LogLevel;
  readonly message: string;
}

/** One attempt at a run; the model of a journal holds its last one. */
export interface RunFacts {
  readonly run?: EventOf<'run-started'>;
  readonly described?: EventOf<'test-described'>;
  readonly phase: Phase;
  /** Of the last event, in milliseconds from the start of the run. */
  readonly nowMs: number;
  /** Start of the timeline in milliseconds from the start of the run. */
  readonly zeroMs?: number;
  readonly timelineEnded?: EventOf<'timeline-ended'>;
  readonly peers: ReadonlyMap<PeerName, PeerFacts>;
  /** Of the timeline, by index. */
  readonly commands: readonly CommandFacts[];
  /** Outside of the timeline, as they were sent. */
  readonly messages: readonly CommandFacts[];
  readonly expectations: readonly ExpectationFacts[];
  readonly rules: readonly RuleFacts[];
  /** The newest ones, at most as many as asked for. */
  readonly logs: readonly LogFact[];
  /** Lines that are no longer among `logs`. */
  readonly forgottenLogs: number;
  /** Warnings, lost hosts, silent peers, breaks of the bus, refused requests: whatever wants an eye. */
  readonly notices: readonly Notice[];
  readonly plan?: EventOf<'planned'>;
  readonly steps: { readonly finished: number; readonly failed: number };
  readonly hosts: readonly EventOf<'host-described'>[];
  readonly bus?: EventOf<'bus-ready'>;
  readonly evidence: readonly EventOf<'evidence-saved'>[];
  readonly stopping?: EventOf<'stop-requested'>;
  readonly verdict?: EventOf<'verdict'>;
  readonly ended?: EventOf<'run-ended'>;
}

export interface Notice {
  readonly atMs: number;
  readonly text: string;
  readonly hint?: string;
}
