import type { Verdict } from '../model/event.ts';
import type { ExpectationOutcome } from '../model/expectation.ts';
import type { Fault } from '../model/fault.ts';
import { excusedDeaths } from './excused-deaths.ts';
import type { RuleDecision, RuleFailure } from './rules.ts';
import type { Session } from './session.ts';
import { verdictOf } from './verdict.ts';

/** What ended a run early, besides what its events tell. */
export interface Ending {
  readonly stoppedBy?: string;
  readonly failures: readonly RuleFailure[];
  readonly faults: readonly Fault[];
}

/** Decides every expectation and rule that is still open, and tells each decision; nothing more comes of the peers. */
export function decideAll(session: Session, ending: Ending): readonly RuleDecision[] {
  const { judging, rulebook, recorder, board, request } = session;
  const cut = whyCut(session, ending);
  judging.finish(cut === undefined ? { kind: 'ended' } : { kind: 'cut', because: cut });
  const peers = board.all();
  const progress = {
    started: session.plan !== undefined && peers.every((peer) => peer.started),
    timelineOver: session.timelineOver,
    shutDown: session.shutDownOver,
  };
  const rules = rulebook.decide(ending.failures, progress, excusedDeaths(request.desired.spec.expectations));
  // A run that never came to its hosts has nothing to say of its peers.
  if (session.bus !== undefined || request.desired.peers.length === 0 || session.timelineOver)
    for (const decision of rules) recorder.emit(decision);
  return rules;
}

/** The verdict on what was decided; `faults` may have grown since. */
export function verdictNow(session: Session, ending: Ending, rules: readonly RuleDecision[]): Verdict {
  const { judging, request } = session;
  const expectations = request.desired.spec.expectations.map(
    ({ id }): ExpectationOutcome => judging.decisions().get(id)?.outcome ?? 'undecided',
  );
  const { unheard } = session;
  return verdictOf({ ...ending, rules, expectations, ...(unheard === undefined ? {} : { unheard }) });
}

/** Why what is open cannot be decided any more, as a clause, or undefined for a run that came to its end. */
function whyCut(session: Session, { stoppedBy, faults, failures }: Ending): string | undefined {
  if (stoppedBy !== undefined) return 'the run was interrupted';
  const fault = faults[0];
  if (fault !== undefined) return cutBy(fault.message);
  if (session.unheard !== undefined) return session.unheard;
  if (session.timelineOver) return undefined;
  if (session.failsFast()) return 'the run was ended by --fail-fast';
  const failure = failures[0];
  return failure === undefined ? 'the run was cut short' : cutBy(failure.reason);
}

/** A clause: the judge says behind it what it came before. */
const cutBy = (reason: string): string => `the run was cut short (${reason})`;
