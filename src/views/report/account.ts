/** What all reports of a run say alike: its answer, every expectation and every rule with its outcome, and from where times count. */
import { assertNever } from '../../lib/assert-never.ts';
import { byCodePoint } from '../../lib/code-point-order.ts';
import type { EvidenceFile } from '../../model/event.ts';
import type { Expectation, ExpectationOutcome, Rule, Sighting } from '../../model/expectation.ts';
import { RULES } from '../../model/expectation.ts';
import { faultText } from '../console/fault-text.ts';
import type { CommandFacts, PeerFacts, RunFacts } from '../run-model/run-facts.ts';
import { shortTime } from '../short-time.ts';

export interface Account {
  readonly facts: RunFacts;
  readonly test: string;
  readonly answer: Answer;
  /** What offsets count from, in milliseconds since the run began. */
  readonly zeroMs: number;
  readonly zeroIs: 'timeline' | 'run';
  /** How long the run took, as far as its journal goes. */
  readonly tookMs: number;
  readonly expectations: readonly Judged[];
  /** All of them, in the order of the model. */
  readonly rules: readonly JudgedRule[];
  /** By name. */
  readonly peers: readonly PeerFacts[];
  /** Those of the timeline, in its order. */
  readonly commands: readonly CommandFacts[];
  readonly evidence: readonly EvidenceFile[];
}

/** The verdict in words. */
export interface Answer {
  /** `none`: the journal ends without one. */
  readonly kind: 'passed' | 'failed' | 'interrupted' | 'errored' | 'none';
  /** `failed`, `could not start`. */
  readonly word: string;
  /** `after 40.3 s`, `by SIGINT after 9 s`. */
  readonly when: string;
  /** Sentences, most telling first. */
  readonly reasons: readonly string[];
}

/** An expectation and how it came out. Offsets are milliseconds that count from the account's zero. */
export interface Judged {
  readonly expectation: Expectation;
  readonly outcome: ExpectationOutcome;
  readonly because: string;
  readonly window: { readonly fromMs?: number; readonly toMs?: number };
  readonly decidedMs?: number;
  readonly sightings: readonly Sighting[];
  readonly around: readonly Sighting[];
  /** What was asked for, seen behind the window. */
  readonly late?: Sighting;
}

export interface JudgedRule {
  readonly rule: Rule;
  /** As a sentence: `every peer starts in time`. */
  readonly text: string;
  readonly outcome: ExpectationOutcome;
  /** Sentences; empty for a rule that is met, or that the run did not come to. */
  readonly reasons: readonly string[];
}

const RULE_TEXTS: Readonly<Record<Rule, string>> = {
  started: 'every peer starts in time',
  alive: 'no peer dies unbidden',
  taken: 'every command is taken',
  stopped: 'every peer stops in time',
};

const CUT_SHORT = 'the run ended before it was decided';

/** The account of a run. What its journal does not say is undecided, never met. */
export function accountOf(facts: RunFacts): Account {
  const zeroMs = facts.zeroMs ?? 0;
  const tookMs = facts.ended?.ms ?? facts.nowMs;
  return {
    facts,
    test: facts.run?.test ?? 'unknown test',
    answer: answerOf(facts, tookMs),
    zeroMs,
    zeroIs: facts.zeroMs === undefined ? 'run' : 'timeline',
    tookMs,
    expectations: facts.expectations.map(({ expectation, decided, late }) => ({
      expectation,
      outcome: decided?.outcome ?? 'undecided',
      because: decided?.because ?? CUT_SHORT,
      window: decided?.window ?? plannedWindow(expectation),
      ...(decided === undefined ? {} : { decidedMs: decided.atMs - zeroMs }),
      sightings: decided?.sightings ?? [],
      around: decided?.around ?? [],
      ...(late === undefined ? {} : { late: late.sighting }),
    })),
    rules: RULES.map((rule) => {
      const decided = facts.rules.find((one) => one.rule === rule);
      const text = RULE_TEXTS[rule];
      if (decided === undefined) return { rule, text, outcome: 'undecided', reasons: [] };
      return { rule, text, outcome: decided.outcome, reasons: decided.reasons };
    }),
    peers: [...facts.peers.values()].sort((a, b) => byCodePoint(a.peer, b.peer)),
    commands: facts.commands.filter((command) => command !== undefined),
    evidence: facts.evidence.flatMap(({ files }) => files),
  };
}

/** The window as the file has it, of an expectation that was never decided. */
function plannedWindow({ window }: Expectation): Judged['window'] {
  if (window.kind === 'command') return {};
  return {
    ...(window.fromMs === undefined ? {} : { fromMs: window.fromMs }),
    ...(window.byMs === undefined ? {} : { toMs: window.byMs }),
  };
}

function answerOf(facts: RunFacts, tookMs: number): Answer {
  const verdict = facts.verdict?.verdict;
  const after = `after ${shortTime(tookMs)}`;
  if (verdict === undefined) {
    const reasons = ['The journal ends without a verdict: the run is still going on, or tm was killed.'];
    return { kind: 'none', word: 'no verdict', when: after, reasons };
  }
  switch (verdict.kind) {
    case 'passed':
      return { kind: 'passed', word: 'passed', when: `in ${shortTime(tookMs)}`, reasons: afterwards(facts) };
    case 'failed':
      return { kind: 'failed', word: 'failed', when: after, reasons: verdict.reasons };
    case 'interrupted':
      return {
        kind: 'interrupted',
        word: 'interrupted',
        when: `by ${verdict.by} ${after}`,
        reasons: verdict.reasons,
      };
    case 'errored': {
      const word = facts.zeroMs === undefined ? 'could not start' : 'broke off';
      const reasons = verdict.faults.map((fault) => {
        const { message, details } = faultText(fault);
        return [message, ...details].join('\n');
      });
      return { kind: 'errored', word, when: after, reasons };
    }
    default:
      return assertNever(verdict);
  }
}

/** The verdict is on the test; cleaning up behind it can still go wrong. */
function afterwards({ ended }: RunFacts): readonly string[] {
  if (ended === undefined || ended.exitCode === 0) return [];
  return [`Cleaning up went wrong, so the exit code is ${ended.exitCode}.`];
}
