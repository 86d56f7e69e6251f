/**
 * Everything that happens, as values: the journal is a list of these, and every view, report and `tm watch` is a fold
 * over them. No event holds a secret.
 */
import type { Expectation, ExpectationOutcome, Rule, Sighting } from './expectation.ts';
import type { Fault } from './fault.ts';
import type { HostName, PeerName, RunId, TestName } from './names.ts';
import type { Plan, PlanSummary, StepId } from './plan.ts';
import type { Timeline } from './timeline.ts';
import type { LogLevel } from './wire.ts';

export interface EventStamp {
  /** Position in this attempt at the run, from 1, with gaps only where log lines were left out of a journal; a resumed run begins again with another `run-started`. */
  readonly seq: number;
  /** Milliseconds since this attempt began, monotonic. */
  readonly atMs: number;
  /** Wall time, ISO 8601 with milliseconds, UTC. */
  readonly time: string;
}

export type TmEvent = EventStamp & EventBody;

export type Phase = 'loading' | 'planning' | 'applying' | 'monitoring' | 'tearingDown' | 'done';

export type EventBody =
  | {
      readonly type: 'run-started';
      readonly run: RunId;
      readonly test: TestName;
      readonly version: string;
      readonly file: string;
      readonly resumed: boolean;
      readonly peers: readonly PeerName[];
      readonly directory: string;
    }
  /** What the test asks for, in short; follows `run-started`. */
  | {
      readonly type: 'test-described';
      /** By name. */
      readonly peers: readonly DescribedPeer[];
      readonly timeline: Timeline;
      readonly expectations: readonly Expectation[];
      readonly timeouts: { readonly startupSeconds: number; readonly shutdownSeconds: number };
      readonly vars: Readonly<Record<string, string>>;
    }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'warning'; readonly message: string; readonly hint?: string }
  /** Made before apply and again, with `intent: 'teardown'`, before teardown. */
  | { readonly type: 'planned'; readonly plan: Plan; readonly summary: PlanSummary; readonly ms: number }
  | { readonly type: 'step-started'; readonly step: StepId; readonly intent: 'apply' | 'teardown' }
  /** Bytes for an image; at most a few a second. */
  | { readonly type: 'step-progress'; readonly step: StepId; readonly done: number; readonly total: number }
  | { readonly type: 'step-finished'; readonly step: StepId; readonly ms: number; readonly note?: string }
  | { readonly type: 'step-failed'; readonly step: StepId; readonly ms: number; readonly fault: Fault }
  /** A step that it needed failed, or the run was stopped first. */
  | { readonly type: 'step-skipped'; readonly step: StepId; readonly because: string }
  /** A host that answers, and how far its clock is ahead of ours (milliseconds; it may be wrong by `uncertaintyMs`). */
  | {
      readonly type: 'host-described';
      readonly host: HostName;
      /** `Docker 20.10.24`, `processes`. */
      readonly engine: string;
      readonly clock?: { readonly aheadMs: number; readonly uncertaintyMs: number };
    }
  /** The bus listens: how statuses are learnt, and where Redis is. */
  | { readonly type: 'bus-ready'; readonly redis: string; readonly precision: StatusPrecision }
  | { readonly type: 'bus-lost'; readonly because: string }
  | { readonly type: 'bus-restored'; readonly afterMs: number }
  /**
   * `missed`: notifications more than values read, so that as many statuses may hide before this one. `reportedAt` is the peer's own
   * wall time (ISO 8601), which our client libraries send along.
   */
  | {
      readonly type: 'peer-status';
      readonly peer: PeerName;
      readonly status: string;
      readonly missed: number;
      readonly via: StatusSource;
      readonly reportedAt?: string;
    }
  | { readonly type: 'log'; readonly peer: PeerName; readonly level: LogLevel; readonly message: string }
  /** A message for a peer outside the timeline: bootstrap, shutdown, by hand. */
  | {
      readonly type: 'message-sent';
      readonly peer: PeerName;
      readonly command: string;
      readonly origin: 'bootstrap' | 'shutdown' | 'hand';
      /** Who sent it by hand: `user@machine`. */
      readonly by?: string;
      /** Identity of the request, for whoever made it by hand. */
      readonly request?: string;
    }
  /** Offsets in `dueMs` and `sentMs` count from the start of the timeline, whose `atMs` is here. */
  | { readonly type: 'timeline-started'; readonly commands: number; readonly lengthMs: number }
  | {
      readonly type: 'command-sent';
      readonly index: number;
      readonly peer: PeerName;
      readonly command: string;
      readonly dueMs: number;
      readonly sentMs: number;
    }
  /** A command begins to wait for what happens (`when`); `untilMs` is the offset at which that fails. */
  | {
      readonly type: 'command-waiting';
      readonly index: number;
      readonly peer: PeerName;
      readonly command: string;
      readonly untilMs: number;
    }
  /** The peer took the message from its queue. `index` is missing for messages outside the timeline. */
  | {
      readonly type: 'command-taken';
      readonly index?: number;
      readonly request?: string;
      readonly peer: PeerName;
      readonly command: string;
      readonly afterMs: number;
    }
  /** Its peer was dead, what it waited for did not happen, or the run was stopped. */
  | {
      readonly type: 'command-skipped';
      readonly index: number;
      readonly peer: PeerName;
      readonly command: string;
      readonly because: string;
    }
  | { readonly type: 'timeline-ended'; readonly ms: number }
  | {
      readonly type: 'peer-died';
      readonly peer: PeerName;
      readonly host: HostName;
      readonly exitCode?: number;
      readonly oomKilled: boolean;
      readonly lastLines: readonly string[];
      readonly memoryBytes?: number;
    }
  /** Ended after having reported `stopped`. */
  | { readonly type: 'peer-exited'; readonly peer: PeerName; readonly host: HostName; readonly exitCode?: number }
  | { readonly type: 'peer-restarting'; readonly peer: PeerName; readonly delayMs: number }
  /**
   * A peer that sends heartbeats has not been heard for `forMs`: no heartbeat, status, log line or taken command. Told once, and no verdict:
   * what it then fails to do is one. `lastAt`: its own wall time of its last heartbeat (ISO 8601).
   */
  | { readonly type: 'peer-silent'; readonly peer: PeerName; readonly forMs: number; readonly lastAt: string }
  /** A silent peer is heard again, so long after it was last heard. */
  | { readonly type: 'peer-heard'; readonly peer: PeerName; readonly afterMs: number }
  | { readonly type: 'host-lost'; readonly host: HostName; readonly because: string }
  /** An expectation is decided, once; at the latest before the verdict. Offsets count from the start of the timeline. */
  | {
      readonly type: 'expectation-decided';
      readonly expectation: number;
      readonly outcome: ExpectationOutcome;
      /** Why, in a sentence without the expectation's own words: `bob reported it at 3.120 s`. */
      readonly because: string;
      /** The window as it came to be; missing ends: since the peers were started, until they had stopped. */
      readonly window: { readonly fromMs?: number; readonly toMs?: number };
      /** What met it, broke it, or came nearest to it. */
      readonly sightings: readonly Sighting[];
      /** The log lines around the first of them, in order, of that peer; only where it is not met. */
      readonly around: readonly Sighting[];
    }
  /** What an unmet expectation asked for happened after all, behind its window: once for each, the first time. */
  | { readonly type: 'expectation-late'; readonly expectation: number; readonly sighting: Sighting }
  /** A rule that holds of every run is decided, before the verdict. */
  | {
      readonly type: 'rule-decided';
      readonly rule: Rule;
      readonly outcome: ExpectationOutcome;
      /** Sentences; empty for a rule that is met. */
      readonly reasons: readonly string[];
    }
  /** What was kept of a run besides its journal: paths in its directory. `cut` bytes of a file were left out, because it was too large. */
  | { readonly type: 'evidence-saved'; readonly files: readonly EvidenceFile[] }
  /** A command that somebody wanted sent by hand was not. `peer` is as it was asked for, and may name none. */
  | {
      readonly type: 'hand-refused';
      readonly peer: string;
      readonly command: string;
      readonly by: string;
      readonly request: string;
      readonly because: string;
    }
  /** A person or a signal asked for the end; `an expectation` is `--fail-fast`. */
  | { readonly type: 'stop-requested'; readonly by: string }
  /** The run's answer; reasons are sentences, most telling first. */
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** `left`: what still stands on the hosts, for a person to know. */
  | { readonly type: 'run-ended'; readonly exitCode: number; readonly ms: number; readonly left: readonly string[] };

/** How statuses are learnt: every SET from the replication stream, by notification and a read, or by a slow poll. */
export type StatusPrecision = 'replicated' | 'notified' | 'polled';

/** Where one status comes from: `stream` and `replication` hide none before it. */
export type StatusSource = 'stream' | 'replication' | 'notification' | 'poll';

export interface DescribedPeer {
  readonly peer: PeerName;
  readonly host: HostName;
  readonly image?: string;
}

export interface EvidenceFile {
  readonly path: string;
  readonly bytes: number;
  readonly cut: number;
}

export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reasons: readonly string[] }
  | { readonly kind: 'interrupted'; readonly by: string; readonly reasons: readonly string[] }
  /** It never came to a timeline. */
  | { readonly kind: 'errored'; readonly faults: readonly Fault[] };
