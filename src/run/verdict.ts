import type { Verdict } from '../model/event.ts';
import type { ExpectationOutcome } from '../model/expectation.ts';
import type { Fault } from '../model/fault.ts';
import type { RuleDecision } from './rules.ts';

/** All that a verdict is made of. */
export interface Findings {
  readonly stoppedBy?: string;
  /** Reasons that are not the test's: a host, an engine, Redis, a lock. */
  readonly faults: readonly Fault[];
  readonly rules: readonly RuleDecision[];
  readonly expectations: readonly ExpectationOutcome[];
  /** Something that the peers wrote was never read, in a sentence. */
  readonly unheard?: string;
}

/** The run's answer. An interruption explains everything behind it; a fault of ours is told before a failure of the test. */
export function verdictOf({ stoppedBy, faults: all, rules, expectations, unheard }: Findings): Verdict {
  const reasons = [...reasonsOf(rules, expectations), ...(unheard === undefined ? [] : [unheard])];
  // What several phases met with is one fault.
  const isFirst = ({ kind, message }: Fault, at: number) =>
    all.findIndex((other) => other.kind === kind && other.message === message) === at;
  const faults = all.filter((fault, at) => fault.kind !== 'aborted' && isFirst(fault, at));
  if (stoppedBy !== undefined) return { kind: 'interrupted', by: stoppedBy, reasons };
  if (faults.length > 0) return { kind: 'errored', faults };
  const undecided = rules.filter(({ outcome }) => outcome === 'undecided');
  if (reasons.length > 0) return { kind: 'failed', reasons };
  // What nobody decided is never green.
  return undecided.length > 0
    ? {
        kind: 'failed',
        reasons: [
          `the run ended before it could be said whether ${undecided.map(({ rule }) => SAYS[rule]).join(', ')}`,
        ],
      }
    : { kind: 'passed' };
}

/** What each rule says, behind `whether`. */
const SAYS = {
  started: 'every peer started in time',
  alive: 'every peer lived',
  taken: 'every command was taken',
  stopped: 'every peer stopped in time',
} as const;

/** Sentences, the most telling first: deaths, then expectations, then the rest. */
function reasonsOf(rules: readonly RuleDecision[], expectations: readonly ExpectationOutcome[]): readonly string[] {
  const of = (rule: RuleDecision['rule']) => rules.filter((one) => one.rule === rule).flatMap(({ reasons }) => reasons);
  return [...of('alive'), ...expectationReason(expectations), ...of('started'), ...of('taken'), ...of('stopped')];
}

/** `1 of 4 expectations unmet`, `2 of 4 expectations unmet, 1 undecided`; nothing where all are met. */
function expectationReason(outcomes: readonly ExpectationOutcome[]): readonly string[] {
  const unmet = outcomes.filter((outcome) => outcome === 'unmet').length;
  const undecided = outcomes.filter((outcome) => outcome === 'undecided').length;
  const of = `of ${outcomes.length} ${outcomes.length === 1 ? 'expectation' : 'expectations'}`;
  if (unmet > 0) return [`${unmet} ${of} unmet${undecided > 0 ? `, ${undecided} undecided` : ''}`];
  return undecided > 0 ? [`${undecided} ${of} undecided`] : [];
}

/** Exit codes of `tm`; 2 belongs to `plan --detailed-exitcode` alone. */
export function exitCodeOf(verdict: Verdict): number {
  switch (verdict.kind) {
    case 'passed':
      return 0;
    case 'failed':
      return 1;
    case 'interrupted':
      return verdict.by === 'SIGINT' || verdict.by === 'q' ? 130 : 143;
    case 'errored':
      return Math.max(...verdict.faults.map(exitCodeOfFault));
  }
}

/** The exit code that tells what kind of fault it was. */
export function exitCodeOfFault(fault: Fault): number {
  switch (fault.kind) {
    case 'config':
    case 'usage':
      return 3;
    case 'unreachable':
    case 'host-key':
      return 4;
    case 'locked':
      return 5;
    default:
      return 1;
  }
}
