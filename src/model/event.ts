/**
 * Everything that happens, as values: the journal is a list of these, and every view, report and `tm watch` is a fold
 * over them. No event holds a secret.
 */
import type { Fault } from './fault.ts';
import type { HostName, PeerName, RunId, TestName } from './names.ts';
import type { Plan, PlanSummary, StepId } from './plan.ts';
import type { LogLevel } from './wire.ts';

export interface EventStamp {
  /** Position in this attempt at the run, from 1, without gaps; a resumed run begins again with another `run-started`. */
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
  /** The bus listens: how statuses are learnt, and where Redis is. */
  | { readonly type: 'bus-ready'; readonly redis: string; readonly precision: 'notified' | 'polled' }
  | { readonly type: 'bus-lost'; readonly because: string }
  | { readonly type: 'bus-restored'; readonly afterMs: number }
  /** `missed`: notifications more than values read, so that as many statuses may hide before this one. */
  | { readonly type: 'peer-status'; readonly peer: PeerName; readonly status: string; readonly missed: number }
  | { readonly type: 'log'; readonly peer: PeerName; readonly level: LogLevel; readonly message: string }
  /** A message for a peer outside the timeline: bootstrap, shutdown, by hand. */
  | {
      readonly type: 'message-sent';
      readonly peer: PeerName;
      readonly command: string;
      readonly origin: 'bootstrap' | 'shutdown' | 'hand';
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
  /** The peer took the message from its queue. `index` is missing for messages outside the timeline. */
  | {
      readonly type: 'command-taken';
      readonly index?: number;
      readonly peer: PeerName;
      readonly command: string;
      readonly afterMs: number;
    }
  /** Its peer was dead or the run was stopped. */
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
  | { readonly type: 'host-lost'; readonly host: HostName; readonly because: string }
  /** A person or a signal asked for the end. */
  | { readonly type: 'stop-requested'; readonly by: string }
  /** The run's answer; reasons are sentences, most telling first. */
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** `left`: what still stands on the hosts, for a person to know. */
  | { readonly type: 'run-ended'; readonly exitCode: number; readonly ms: number; readonly left: readonly string[] };

export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reasons: readonly string[] }
  | { readonly kind: 'interrupted'; readonly by: string; readonly reasons: readonly string[] }
  /** It never came to a timeline. */
  | { readonly kind: 'errored'; readonly faults: readonly Fault[] };
