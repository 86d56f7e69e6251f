/** What a status says first: what runs, whether anything failed, how far it is. */
import { assertNever } from '../../lib/assert-never.ts';
import type { RunSummary } from '../../model/run-summary.ts';
import type { TestStatus } from '../../model/test-status.ts';
import { countOf } from '../count-of.ts';
import type { RunFacts } from '../run-model/run-facts.ts';
import type { Segment } from '../segments.ts';
import { shortTime } from '../short-time.ts';

export interface StatusReport {
  readonly status: TestStatus;
  /** The run under way as its journal tells it, where that is here, and milliseconds since it began. */
  readonly facts?: RunFacts;
  readonly elapsedMs?: number;
  /** The last run, where none is under way. */
  readonly last?: RunSummary;
}

/** `smoke-5peer`, `running for 42 s`, `nothing failed so far`, `timeline, 3 of 12 commands sent`. */
export function statusHeadline({ status, facts, elapsedMs, last }: StatusReport): readonly Segment[] {
  const name: Segment = { text: status.test, tone: 'strong' };
  if (status.holder === undefined) {
    const idle: Segment = { text: 'no run is under way' };
    return last === undefined ? [name, idle] : [name, idle, { text: lastText(last) }];
  }
  const time = elapsedMs === undefined ? '' : ` for ${shortTime(elapsedMs)}`;
  const running: Segment = { text: `running${time}`, tone: 'sent' };
  if (facts === undefined) return [name, running];
  const bad = troubles(facts);
  const verdict: Segment = bad === '' ? { text: 'nothing failed so far', tone: 'good' } : { text: bad, tone: 'bad' };
  return [name, running, verdict, { text: phaseText(facts) }];
}

function lastText({ state }: RunSummary): string {
  if (state.kind !== 'ended') return 'the last one did not end';
  const how = { passed: 'passed', failed: 'failed', interrupted: 'was interrupted', errored: 'broke off' } as const;
  return `the last one ${how[state.verdict]}`;
}

function phaseText({ phase, zeroMs, timelineEnded, commands }: RunFacts): string {
  switch (phase) {
    case 'loading':
    case 'planning':
    case 'applying':
      return phase;
    case 'monitoring': {
      if (timelineEnded !== undefined) return 'shutting the peers down';
      if (zeroMs === undefined) return 'starting the peers';
      const sent = commands.filter(({ sentAtMs }) => sentAtMs !== undefined).length;
      return `timeline, ${sent} of ${countOf(commands.length, 'command')} sent`;
    }
    case 'tearingDown':
      return 'tearing down';
    case 'done':
      return 'done';
    default:
      return assertNever(phase);
  }
}

/** What went wrong so far: `charlie died, 1 of 4 expectations unmet`; nothing where nothing did. */
function troubles({ peers, expectations, commands, verdict }: RunFacts): string {
  if (verdict !== undefined && verdict.verdict.kind !== 'passed') return verdict.verdict.kind;
  const died = [...peers.values()].filter(({ life }) => life === 'died').map(({ peer }) => peer);
  const unmet = expectations.filter(({ decided }) => decided?.outcome === 'unmet').length;
  const skipped = commands.filter((command) => command.skipped !== undefined).length;
  return [
    ...(died.length === 0 ? [] : [died.length <= 2 ? `${died.join(' and ')} died` : `${died.length} peers died`]),
    ...(unmet === 0 ? [] : [`${unmet} of ${countOf(expectations.length, 'expectation')} unmet`]),
    ...(skipped === 0 ? [] : [`${countOf(skipped, 'command')} not sent`]),
  ].join(', ');
}
