/** What happened in a run, read off its events, for the definitions to be applied to. Times are whole microseconds, so that sums are exact. */
import type { TmEvent } from '../../../src/model/event.ts';
import type { CommandWait, Demand, Expectation, WaitDemand } from '../../../src/model/expectation.ts';
import { toMicros } from '../../../src/run/expect/micros.ts';
import { FAILED_FAST, STOPPED } from '../../../src/run/skip-reasons.ts';
import type { Step } from './story.ts';

/** The steps of the events in their order; offsets count from the start of the timeline, or of the run where it never began. */
export function toldStory(
  events: readonly TmEvent[],
  waits: ReadonlyMap<number, Extract<CommandWait, { kind: 'when' }>>,
): readonly Step[] {
  const zero = zeroOf(events);
  return events.flatMap((event): readonly Step[] => {
    const at = toMicros(event.atMs) - zero;
    switch (event.type) {
      case 'timeline-started':
        return [{ kind: 'start', at }];
      case 'peer-status':
        return [{ kind: 'status', peer: event.peer, text: event.status, at }];
      case 'log':
        return [{ kind: 'log', peer: event.peer, text: event.message, at }];
      case 'peer-died':
      case 'peer-exited': {
        const code = event.exitCode === undefined ? {} : { code: event.exitCode };
        return [{ kind: event.type === 'peer-died' ? 'died' : 'exited', peer: event.peer, at, ...code }];
      }
      case 'command-sent':
        return [{ kind: 'sent', command: event.index, at, ago: at - toMicros(event.sentMs) }];
      case 'command-waiting': {
        const began = toMicros(event.untilMs) - toMicros(waits.get(event.index)?.withinMs ?? 0);
        return [{ kind: 'wait', command: event.index, at, ago: at - began }];
      }
      case 'command-skipped':
        return event.because === STOPPED || event.because === FAILED_FAST
          ? []
          : [{ kind: 'skipped', command: event.index, because: event.because, at }];
      default:
        return [];
    }
  });
}

/** Start of the timeline in microseconds of the run; 0 where it never began. */
export const zeroOf = (events: readonly TmEvent[]): number =>
  toMicros(events.find(({ type }) => type === 'timeline-started')?.atMs ?? 0);

/** The same expectation in microseconds. */
export function inMicros(expectation: Expectation): Expectation {
  const { window } = expectation;
  return {
    ...expectation,
    ...heldFor(expectation),
    window:
      window.kind === 'timeline'
        ? {
            kind: 'timeline',
            ...(window.fromMs === undefined ? {} : { fromMs: toMicros(window.fromMs) }),
            ...(window.byMs === undefined ? {} : { byMs: toMicros(window.byMs) }),
          }
        : { ...window, ...(window.withinMs === undefined ? {} : { withinMs: toMicros(window.withinMs) }) },
  };
}

/** The same for what a command waits for. */
export const waitInMicros = (demand: WaitDemand): WaitDemand => ({
  ...demand,
  ...heldFor(demand),
  ...(demand.fromMs === undefined ? {} : { fromMs: toMicros(demand.fromMs) }),
});

const heldFor = ({ forMs }: Demand) => (forMs === undefined ? {} : { forMs: toMicros(forMs) });
