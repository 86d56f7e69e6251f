/**
 * What must hold of a run, as its file says it: resolved to peers, windows and patterns, nothing left to look up. Offsets are
 * milliseconds from the start of the timeline (negative before it); lengths are milliseconds.
 */
import type { PeerName } from './names.ts';

/** Something that is or is not true of a peer at a time. */
export type Condition =
  /** Its last status is this one: a text is the whole status or its word (`started` of `started|/ip4/…`), a pattern finds its match in the whole. */
  | { readonly kind: 'status'; readonly status: Pattern }
  /** It writes a log line, of any level, whose message holds the text or matches. */
  | { readonly kind: 'log'; readonly log: Pattern }
  /** Its container or process ends with this exit code (128+n for signal n). */
  | { readonly kind: 'exit'; readonly code: number };

export type Pattern =
  | { readonly kind: 'text'; readonly text: string }
  /** Of JavaScript, and always with the flag `u` or `v` where the file has one; `g` and `y` are not among them. */
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string };

/** A condition on some of `peers`: on at least `count` of them, each for itself. */
export interface Demand {
  /** In the order of the file's peers, at least one, each once. */
  readonly peers: readonly PeerName[];
  /** From 1 to the number of `peers`, which it is without a `count` in the file. */
  readonly count: number;
  readonly condition: Condition;
  /** The status must hold for so long without a break. */
  readonly forMs?: number;
}

/** A demand, the time in which it is to be met, and whether it is to be met at all. */
export interface Expectation extends Demand {
  /** Position in the test's list, from 0: its identity in the journal. */
  readonly id: number;
  /** As a person reads it, on one line: `bob: log "hello" from 10 s by 20 s`. */
  readonly text: string;
  /** Line in the config file. */
  readonly line: number;
  /** It must be true of none of the peers at any time of the window. `count` is 1 then, and `forMs` missing. */
  readonly never: boolean;
  readonly window: ExpectationWindow;
}

export type ExpectationWindow =
  /** Without `fromMs`: since the peers were started; without `byMs`: until they have stopped. */
  | { readonly kind: 'timeline'; readonly fromMs?: number; readonly byMs?: number }
  /**
   * From the moment that the timeline's command with this index was sent. Only a status that is reported in the window counts, unless
   * it is to hold (`forMs`). Without `withinMs`: until the peers have stopped.
   */
  | { readonly kind: 'command'; readonly command: number; readonly withinMs?: number };

/** What a command of the timeline waits for in place of a time. */
export type CommandWait =
  /** The command with this index is sent, and then `delayMs`. */
  | { readonly kind: 'after'; readonly command: number; readonly delayMs: number }
  /**
   * All demands are met. Waiting begins when the command with index `since` is sent (missing: with the timeline) and fails after
   * `withinMs`. A status that stands when it begins counts; a log line or an end counts from then on, or from `fromMs` of the demand.
   */
  | {
      readonly kind: 'when';
      readonly since?: number;
      readonly all: readonly WaitDemand[];
      readonly withinMs: number;
    };

export interface WaitDemand extends Demand {
  /** What happened since this offset counts, whenever the wait began. */
  readonly fromMs?: number;
  /** As a person reads it: `bob: log "hello"`. */
  readonly text: string;
}

/** How an expectation, or a rule that holds without being written, came out. */
export type ExpectationOutcome = 'met' | 'unmet' | 'undecided';

/** What holds of every run without being written. */
export const RULES = ['started', 'alive', 'taken', 'stopped'] as const;

/** `started`: every peer starts in time; `alive`: none dies unbidden; `taken`: every command is taken; `stopped`: every peer stops in time. */
export type Rule = (typeof RULES)[number];

/** Something that was seen of a peer: the evidence beside an expectation. */
export interface Sighting {
  readonly peer: PeerName;
  readonly kind: 'status' | 'log' | 'exit';
  /** The status, the message, the exit code. */
  readonly text: string;
  readonly atMs: number;
}
