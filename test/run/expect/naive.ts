/**
 * The definitions, applied to the whole of a story at once: slow, plain, and made without the judge. The judge must come to the same.
 */
import type { Condition, Demand, Expectation, ExpectationOutcome, WaitDemand } from '../../../src/model/expectation.ts';
import type { Step } from './story.ts';

/** A window: from a time to another, both in it. `heardFrom`: for a window that opens with an event, that event's position. */
interface Window {
  readonly from: number;
  readonly to: number;
  readonly heardFrom?: number;
  /** A status that stands at the opening counts. */
  readonly standing: boolean;
}

const NEVER = Number.POSITIVE_INFINITY;

/** How an expectation comes out of a story in which time came to `now`. */
export function naiveOutcome(
  expectation: Expectation,
  all: readonly Expectation[],
  story: readonly Step[],
  now: number,
  how: 'ended' | 'cut',
): ExpectationOutcome {
  if (!story.some(({ kind }) => kind === 'start')) return 'undecided';
  const window = windowOf(expectation, story);
  const isCut = how === 'cut';
  const skipped = story.some(
    (step) =>
      step.kind === 'skipped' && expectation.window.kind === 'command' && step.command === expectation.window.command,
  );
  if (expectation.never) {
    const closed = window !== undefined && window.to <= now;
    const broken =
      window !== undefined &&
      expectation.peers.some((peer) => firstTrue(expectation, peer, window, story, now, true) <= now);
    const died = story.some(
      (step) =>
        step.kind === 'died' &&
        expectation.peers.some((peer) => peer === step.peer) &&
        isEnd(step, story) &&
        step.at <= (window?.to ?? NEVER) &&
        !isWanted(step.peer, step.code, all),
    );
    if (broken || died || skipped) return 'unmet';
    if (closed) return 'met';
    if (isCut) return 'undecided';
    return window === undefined || window.from > now ? 'unmet' : 'met';
  }
  const times = expectation.peers.map((peer) =>
    window === undefined ? NEVER : firstTrue(expectation, peer, window, story, now, false),
  );
  if (times.filter((time) => time <= now).length >= expectation.count) return 'met';
  const lost = expectation.peers.filter(
    (peer, index) => (times[index] ?? NEVER) > now && endOf(peer, story) !== undefined,
  );
  const impossible = expectation.peers.length - lost.length < expectation.count;
  const closed = window !== undefined && window.to <= now;
  return impossible || closed || skipped || !isCut ? 'unmet' : 'undecided';
}

/** When all that a command waits for was met, or undefined. */
export function naiveWait(
  demands: readonly WaitDemand[],
  command: number,
  story: readonly Step[],
  now: number,
): number | undefined {
  const position = story.findIndex((step) => step.kind === 'wait' && step.command === command);
  const step = story[position];
  if (step === undefined || step.kind !== 'wait') return undefined;
  const began = step.at - (step.ago ?? 0);
  const met = demands.map((demand) => {
    const window: Window =
      demand.fromMs === undefined
        ? { from: began, to: NEVER, heardFrom: position, standing: true }
        : { from: demand.fromMs, to: NEVER, standing: true };
    const times = demand.peers.map((peer) => firstTrue(demand, peer, window, story, now, false)).sort((a, b) => a - b);
    return times[demand.count - 1] ?? NEVER;
  });
  const last = Math.max(began, ...met);
  return last <= now ? last : undefined;
}

function windowOf({ window }: Expectation, story: readonly Step[]): Window | undefined {
  if (window.kind === 'timeline') return { from: window.fromMs ?? -NEVER, to: window.byMs ?? NEVER, standing: true };
  const heardFrom = story.findIndex((step) => step.kind === 'sent' && step.command === window.command);
  const sent = story[heardFrom];
  if (sent === undefined || sent.kind !== 'sent') return undefined;
  return { from: sent.at - (sent.ago ?? 0), to: sent.at + (window.withinMs ?? NEVER), heardFrom, standing: false };
}

/** The first time in the window at which it is true of the peer, or Infinity. */
function firstTrue(
  { condition, forMs }: Demand,
  peer: string,
  window: Window,
  story: readonly Step[],
  now: number,
  afterEnd: boolean,
): number {
  const end = endOf(peer, story);
  const endPosition = end === undefined ? NEVER : story.indexOf(end);
  const { from, to, heardFrom } = window;
  const counts = (step: Step, position: number): boolean => {
    if (step.at > to) return false;
    if (!afterEnd && position > endPosition) return false;
    // Heard before the window was known to be open: of peers that were still there then.
    const known = heardFrom ?? (from > -NEVER ? story.findIndex(({ kind }) => kind === 'start') : -1);
    if (position < known && !afterEnd && endPosition < known) return false;
    return heardFrom === undefined || position > heardFrom ? step.at >= from : step.at > from;
  };
  if (forMs !== undefined) return firstHold(condition, forMs, peer, window, story, now);
  const instants = story.flatMap((step, position) =>
    isTrueOf(condition, step, peer, story) && counts(step, position) ? [step.at] : [],
  );
  if (condition.kind === 'status' && window.standing && from > -NEVER) {
    const before = story.filter((step, position) => (heardFrom === undefined ? step.at <= from : position < heardFrom));
    const last = before.findLast((step) => step.kind === 'status' && step.peer === peer);
    const gone = before.some((step) => step === end);
    const at = Math.max(from, last?.at ?? 0);
    if (last !== undefined && !gone && isTrueOf(condition, last, peer, story) && from <= now) instants.push(at);
  }
  return Math.min(NEVER, ...instants);
}

function firstHold(
  condition: Condition,
  forMs: number,
  peer: string,
  { from, to }: Window,
  story: readonly Step[],
  now: number,
): number {
  const end = endOf(peer, story);
  const until = end === undefined ? story.length : story.indexOf(end);
  const changes = story.filter((step, at) => at < until && step.kind === 'status' && step.peer === peer);
  let best = NEVER;
  for (let first = 0; first < changes.length; first++) {
    let next = first;
    while (next < changes.length && isTrueOf(condition, changes[next]!, peer, story)) next++;
    if (next === first) continue;
    const over = changes[next]?.at ?? end?.at ?? NEVER;
    const begins = Math.max(from, changes[first]!.at);
    if (Math.min(over, to, now) - begins >= forMs) best = Math.min(best, begins + forMs);
  }
  return best;
}

function isTrueOf(condition: Condition, step: Step, peer: string, story: readonly Step[]): boolean {
  switch (condition.kind) {
    case 'status': {
      if (step.kind !== 'status' || step.peer !== peer) return false;
      const { status } = condition;
      return status.kind === 'text'
        ? step.text === status.text || step.text.split('|')[0] === status.text
        : step.text.search(new RegExp(status.source, status.flags)) >= 0;
    }
    case 'log': {
      if (step.kind !== 'log' || step.peer !== peer) return false;
      const { log } = condition;
      return log.kind === 'text'
        ? step.text.indexOf(log.text) >= 0
        : step.text.search(new RegExp(log.source, log.flags)) >= 0;
    }
    case 'exit':
      return (
        (step.kind === 'died' || step.kind === 'exited') &&
        step.peer === peer &&
        isEnd(step, story) &&
        step.code === condition.code
      );
  }
}

/** The first end that is told of a peer. */
function endOf(peer: string, story: readonly Step[]): Step | undefined {
  return story.find((step) => (step.kind === 'died' || step.kind === 'exited') && step.peer === peer);
}

const isEnd = (step: Step, story: readonly Step[]): boolean =>
  (step.kind === 'died' || step.kind === 'exited') && endOf(step.peer, story) === step;

const isWanted = (peer: string, code: number | undefined, all: readonly Expectation[]): boolean =>
  code !== 0 &&
  all.some(
    ({ condition, never, peers }) =>
      condition.kind === 'exit' && !never && condition.code === code && peers.some((one) => one === peer),
  );
