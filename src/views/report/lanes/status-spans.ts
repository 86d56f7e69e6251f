/** A peer's statuses as stretches of time. */
import type { PeerFacts, StatusFact } from '../../run-model/run-facts.ts';
import type { Scale } from './scale.ts';

/** From one status to the next. Milliseconds since the run began. */
export interface StatusSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fact: StatusFact;
}

/** Spans that are drawn as one bar: most often one; more, where they would each be too narrow to be seen. */
export interface Bar {
  readonly left: number;
  readonly right: number;
  readonly spans: readonly [StatusSpan, ...StatusSpan[]];
}

/** Bars of the whole chart; each is an element of the page. */
const MOST_BARS = 15_000;
/** Percent of the width below which a bar shares with its neighbours: below the first it could not be told from them anyway. */
const NARROW = [0.15, 0.5, 1, 2, 5] as const;

/** A status holds until the next one, the end of its peer, or the end of the run. */
export function statusSpans(peer: PeerFacts, endMs: number): readonly StatusSpan[] {
  const end = peer.died?.atMs ?? peer.exited?.atMs ?? endMs;
  return peer.statuses.map((fact, i) => {
    const next = peer.statuses[i + 1]?.atMs;
    // What is reported behind a peer's end, as by one that was started again, lasts to the end of the run.
    const toMs = next ?? (end < fact.atMs ? endMs : end);
    return { fromMs: fact.atMs, toMs, fact };
  });
}

/** The bars of each peer, in their order. Neighbours that are too narrow share one; the more there are, the sooner. */
export function statusBars(lanes: readonly (readonly StatusSpan[])[], scale: Scale): readonly (readonly Bar[])[] {
  let bars: readonly (readonly Bar[])[] = [];
  for (const narrow of NARROW) {
    bars = lanes.map((spans) => barsOf(spans, scale, narrow));
    if (bars.reduce((sum, lane) => sum + lane.length, 0) <= MOST_BARS) break;
  }
  return bars;
}

function barsOf(spans: readonly StatusSpan[], scale: Scale, least: number): readonly Bar[] {
  const bars: { left: number; right: number; spans: [StatusSpan, ...StatusSpan[]]; narrow: boolean }[] = [];
  for (const span of spans) {
    const [left, right] = [scale.at(span.fromMs), scale.at(span.toMs)];
    const narrow = right - left < least;
    const last = bars.at(-1);
    if (narrow && last?.narrow === true) {
      last.spans.push(span);
      last.right = right;
    } else bars.push({ left, right, spans: [span], narrow });
  }
  return bars;
}
