/** Runs as short lists of what happened, and the judge made to hear them. Times are offsets from the start of the timeline, in milliseconds. */
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import type { CommandWait, Condition, Expectation, ExpectationWindow } from '../../../src/model/expectation.ts';
import { hostName, type PeerName, peerName } from '../../../src/model/names.ts';
import { type Decision, Judge } from '../../../src/run/expect/judge.ts';

/** Something that happens. */
export type Happening =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'status';
      readonly peer: string;
      readonly text: string;
      readonly missed?: number;
      readonly shown?: string;
    }
  /** `shown`: what is left of the text without its secrets. */
  | { readonly kind: 'log'; readonly peer: string; readonly text: string; readonly shown?: string }
  | { readonly kind: 'died' | 'exited'; readonly peer: string; readonly code?: number }
  /** `ago`: so long before it is heard was it sent. */
  | { readonly kind: 'sent'; readonly command: number; readonly ago?: number }
  | { readonly kind: 'skipped'; readonly command: number; readonly because?: string }
  | { readonly kind: 'wait'; readonly command: number; readonly ago?: number }
  | { readonly kind: 'stop' };

export type Step = Happening & { readonly at: number };

/** What the judge of a test is made from. */
export interface Test {
  readonly expectations: readonly Expectation[];
  readonly waits?: ReadonlyMap<number, Extract<CommandWait, { kind: 'when' }>>;
}

/** Milliseconds of the run at which its timeline starts; not a whole number, as in life. */
export const ZERO = 2345.678;

const HOST = hostName('garage');

export const status = (text: string): Condition => ({ kind: 'status', status: { kind: 'text', text } });
export const log = (text: string): Condition => ({ kind: 'log', log: { kind: 'text', text } });
export const exit = (code: number): Condition => ({ kind: 'exit', code });
export const peers = (...names: readonly string[]): readonly PeerName[] => names.map(peerName);

/** An expectation of `bob`, of the timeline and without any bound where nothing else is said. */
export function expectation(
  condition: Condition,
  more: Partial<Omit<Expectation, 'window'>> & {
    readonly from?: number;
    readonly by?: number;
    readonly window?: ExpectationWindow;
  } = {},
): Expectation {
  const { from, by, window, ...rest } = more;
  const names = rest.peers ?? peers('bob');
  return {
    id: 0,
    text: 'bob: something',
    line: 1,
    never: false,
    peers: names,
    count: rest.never ? 1 : names.length,
    condition,
    window: window ?? {
      kind: 'timeline',
      ...(from === undefined ? {} : { fromMs: from }),
      ...(by === undefined ? {} : { byMs: by }),
    },
    ...rest,
  };
}

export function judgeOf({ expectations, waits = new Map() }: Test): Judge {
  const commands = Array.from({ length: 8 }, (_, index) => {
    const wait = waits.get(index);
    return { index, peer: peerName('bob'), command: 'go', ...(wait === undefined ? {} : { waits: wait }) };
  });
  return new Judge({ expectations, commands });
}

/** Makes a judge hear a step. */
export function tell(judge: Judge, step: Step): readonly Decision[] {
  if (step.kind === 'wait') {
    judge.beginWait(step.command, step.at - (step.ago ?? 0));
    return [];
  }
  const heard = eventOf(step);
  if ((step.kind !== 'log' && step.kind !== 'status') || step.shown === undefined) return judge.hear(heard);
  return judge.hear(eventOf({ ...step, text: step.shown }), heard);
}

/** Tells a whole story, lets time come to `until`, and gives all decisions. */
export function play(
  test: Test,
  story: readonly Step[],
  until: number,
  how: Parameters<Judge['finish']>[0] = { kind: 'ended' },
): readonly Decision[] {
  const judge = judgeOf(test);
  const decisions = story.flatMap((step) => tell(judge, step));
  return [...decisions, ...judge.advance(until), ...judge.finish(how)];
}

function eventOf(step: Exclude<Step, { kind: 'wait' }>): TmEvent {
  const atMs = Math.round((ZERO + step.at) * 1000) / 1000;
  return { seq: 1, atMs, time: '2026-01-01T00:00:00.000Z', ...bodyOf(step) };
}

function bodyOf(step: Exclude<Step, { kind: 'wait' }>): EventBody {
  switch (step.kind) {
    case 'start':
      return { type: 'timeline-started', commands: 1, lengthMs: 0 };
    case 'status':
      return {
        type: 'peer-status',
        peer: peerName(step.peer),
        status: step.text,
        missed: step.missed ?? 0,
        via: 'stream',
      };
    case 'log':
      return { type: 'log', peer: peerName(step.peer), level: 'info', message: step.text };
    case 'died': {
      const code = step.code === undefined ? {} : { exitCode: step.code };
      return { type: 'peer-died', peer: peerName(step.peer), host: HOST, oomKilled: false, lastLines: [], ...code };
    }
    case 'exited': {
      const code = step.code === undefined ? {} : { exitCode: step.code };
      return { type: 'peer-exited', peer: peerName(step.peer), host: HOST, ...code };
    }
    case 'sent':
      return {
        type: 'command-sent',
        index: step.command,
        peer: peerName('bob'),
        command: 'go',
        dueMs: step.at,
        sentMs: step.at - (step.ago ?? 0),
      };
    case 'skipped':
      return {
        type: 'command-skipped',
        index: step.command,
        peer: peerName('bob'),
        command: 'go',
        because: step.because ?? 'it died',
      };
    case 'stop':
      return { type: 'stop-requested', by: 'SIGINT' };
  }
}
