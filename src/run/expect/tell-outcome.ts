import type { Case, Failure, Outcome } from './case.ts';
import type { PeerTrack, Sight } from './peer-track.ts';
import { atText, boundText, countText, lengthText, listText, quoted } from './phrases.ts';
import { tellMissing } from './tell-missing.ts';
import type { Telling } from './telling.ts';
import { offsetFrom, type Times } from './times.ts';

/** Why an outcome is what it is, and what was seen. */
export function tellOutcome(judged: Case, outcome: Outcome, times: Times): Telling {
  switch (outcome.kind) {
    case 'met':
      return judged.expectation.never ? tellNever(judged, times) : tellMet(judged, times);
    case 'unmet':
      return tellUnmet(judged, outcome.failure, times);
    case 'undecided':
      return { because: outcome.because, seen: [] };
  }
}

function tellNever({ expectation, watch, closesAt }: Case, times: Times): Telling {
  const { condition } = expectation;
  const offset = offsetFrom(times);
  const until =
    closesAt === Number.POSITIVE_INFINITY ? 'until the peers had stopped' : `until ${boundText(offset(closesAt))}`;
  if (condition.kind !== 'log') return { because: `it was not so ${until}`, seen: [] };
  const lines = watch.watches.reduce((sum, { track, opening }) => sum + track.logs.count - (opening?.lines ?? 0), 0);
  return { because: `in none of ${countText(lines, 'log line')} ${until}`, seen: [] };
}

function tellMet({ watch, expectation }: Case, times: Times): Telling {
  const met = watch.watches
    .flatMap(({ track, hit }) => (hit === undefined ? [] : [{ track, ...hit }]))
    .sort((a, b) => a.at - b.at);
  const last = met.at(-1);
  if (last === undefined) return { because: 'it was so', seen: [] };
  const offset = offsetFrom(times);
  const when = atText(offset(last.at));
  const { forMs } = expectation;
  const stood = last.at > last.sight.at ? ', and it stood when the window opened' : '';
  const one =
    forMs === undefined
      ? `${deed(last.track, last.sight, offset, 'it')}${stood}`
      : `${last.track.peer} held it for ${lengthText(forMs)}, until ${when.replace(/^at /, '')}`;
  const others = met.slice(0, -1).map(({ track }) => track.peer);
  const seen = met.slice(-3);
  if (watch.watches.length === 1) return { because: one, seen };
  const all = met.length === watch.watches.length;
  const who = all
    ? `${met.length === 2 ? 'both' : `all ${met.length}`} did`
    : `${listText([...others, last.track.peer])} did`;
  return { because: met.length === 1 ? one : `${who}, the last of them ${last.track.peer} ${when}`, seen };
}

function tellUnmet(judged: Case, failure: Failure, times: Times): Telling {
  const { watch, expectation, closesAt } = judged;
  const offset = offsetFrom(times);
  switch (failure.kind) {
    case 'violated':
      return tellViolated(judged, offset);
    case 'died': {
      const { track } = failure;
      const { end } = track;
      if (end === undefined) return { because: `${track.peer} died`, seen: [] };
      const unopened = watch.opensAt === undefined || end.at < watch.opensAt;
      const before = unopened
        ? ', before the window opened'
        : closesAt === Number.POSITIVE_INFINITY
          ? ', so that nothing more could be seen of it'
          : ', before the window closed';
      const sight: Sight = { kind: 'exit', text: end.code === undefined ? 'unknown' : String(end.code), at: end.at };
      return { because: `${track.peer} died ${atText(offset(end.at))}${before}`, seen: [{ track, sight }] };
    }
    case 'unsent':
      return {
        because:
          failure.because === undefined ? 'its command was never sent' : `its command was not sent: ${failure.because}`,
        seen: [],
      };
    case 'unreached': {
      const { window } = expectation;
      const from = window.kind === 'timeline' ? (window.fromMs ?? 0) : 0;
      return {
        because: `its window was never reached: it opens at ${boundText(from)}, and the run was over ${atText(offset(times.now))}`,
        seen: [],
      };
    }
    case 'missing':
      return tellMissing(judged, times);
  }
}

function tellViolated({ watch }: Case, offset: (at: number) => number): Telling {
  const found = watch.watches.find(({ hit }) => hit !== undefined);
  if (found?.hit === undefined) return { because: 'it was so', seen: [] };
  const { track, hit } = found;
  const said = hit.sight.kind === 'exit' ? 'it' : quoted(hit.sight.text);
  const stood = hit.at > hit.sight.at ? ', and it still stood when the window opened' : '';
  return { because: `${deed(track, hit.sight, offset, said)}${stood}`, seen: [{ track, sight: hit.sight }] };
}

/** `bob reported it at 3.120 s`. */
function deed({ peer }: PeerTrack, sight: Sight, offset: (at: number) => number, it: string): string {
  const when = atText(offset(sight.at));
  switch (sight.kind) {
    case 'status':
      return `${peer} reported ${it} ${when}`;
    case 'log':
      return `${peer} wrote ${it} ${when}`;
    case 'exit':
      return `${peer} exited with ${sight.text} ${when}`;
  }
}
