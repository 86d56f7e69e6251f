/** The axis of the swim-lanes: from milliseconds of the run to percent of the width. */
import type { Account } from '../account.ts';

export interface Scale {
  /** Percent of the width, of milliseconds since the run began; rounded, so that the same run gives the same text. */
  at(ms: number): number;
  /** Stretches of the run, without gaps. */
  readonly pieces: readonly Piece[];
  readonly ticks: readonly Tick[];
}

/** Milliseconds since the run began, drawn between two percentages. */
export interface Piece {
  readonly kind: 'before' | 'main' | 'after';
  readonly fromMs: number;
  readonly toMs: number;
  readonly left: number;
  readonly right: number;
  /** It takes less width than its time asks for. */
  readonly squeezed: boolean;
}

export interface Tick {
  readonly x: number;
  /** Seconds from the account's zero. */
  readonly label: string;
  readonly zero: boolean;
  /** 0 is always shown; 1 and 2 only where the axis is stretched. */
  readonly level: 0 | 1 | 2;
  /** Every other one, which a narrow screen has no room for. */
  readonly odd: boolean;
}

/** What nobody looks at, a long transfer of images before and the removal behind, takes at most this share of the width. */
const MOST_BEFORE = 10;
const MOST_AFTER = 6;
/** A mark at the end of the run is not cut in half. */
const END = 99.3;
const MOST_TICKS = 14;

/** The axis of a run: all of it, from its start to its end, with the time in which peers lived in the middle. */
export function scaleOf(account: Account): Scale {
  const pieces = piecesOf(account);
  const at = (ms: number): number => {
    const piece = pieces.find(({ toMs }) => ms <= toMs) ?? pieces.at(-1);
    if (piece === undefined) return 0;
    const share = piece.toMs === piece.fromMs ? 0 : (ms - piece.fromMs) / (piece.toMs - piece.fromMs);
    return round(piece.left + Math.min(1, Math.max(0, share)) * (piece.right - piece.left));
  };
  return { at, pieces, ticks: ticksOf(account, pieces, at) };
}

function piecesOf(account: Account): readonly Piece[] {
  const endMs = Math.max(account.tookMs, account.facts.nowMs, 1);
  const lived = livedIn(account, endMs);
  if (lived === undefined) return [{ kind: 'main', fromMs: 0, toMs: endMs, left: 0, right: END, squeezed: false }];
  const before = Math.min(MOST_BEFORE, (100 * lived.fromMs) / endMs);
  const after = Math.min(MOST_AFTER, (100 * (endMs - lived.toMs)) / endMs);
  const all: readonly Omit<Piece, 'squeezed'>[] = [
    { kind: 'before', fromMs: 0, toMs: lived.fromMs, left: 0, right: before },
    { kind: 'main', ...lived, left: before, right: END - after },
    { kind: 'after', fromMs: lived.toMs, toMs: endMs, left: END - after, right: END },
  ];
  const perMs = (END - before - after) / (lived.toMs - lived.fromMs);
  return all
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .map((piece) => ({ ...piece, squeezed: (piece.right - piece.left) / (piece.toMs - piece.fromMs) < perMs * 0.9 }));
}

/** From the first sign of life of a peer, or the start of the timeline, to the last. */
function livedIn({ facts, peers, zeroMs }: Account, endMs: number): { fromMs: number; toMs: number } | undefined {
  let fromMs = facts.zeroMs === undefined ? Number.POSITIVE_INFINITY : zeroMs;
  let toMs = facts.zeroMs === undefined ? 0 : zeroMs + (facts.timelineEnded?.ms ?? 0);
  const see = (ms: number | undefined): void => {
    if (ms === undefined) return;
    fromMs = Math.min(fromMs, ms);
    toMs = Math.max(toMs, ms);
  };
  for (const peer of peers) {
    see(peer.statuses[0]?.atMs);
    see(peer.statuses.at(-1)?.atMs);
    see(peer.died?.atMs);
    see(peer.exited?.atMs);
  }
  see(facts.logs[0]?.atMs);
  see(facts.logs.at(-1)?.atMs);
  return toMs > fromMs ? { fromMs: Math.max(0, fromMs), toMs: Math.min(endMs, toMs) } : undefined;
}

function ticksOf({ zeroMs }: Account, pieces: readonly Piece[], at: Scale['at']): readonly Tick[] {
  const piece = pieces.find(({ kind }) => kind === 'main') ?? pieces[0];
  if (piece === undefined) return [];
  const step = roundStep((piece.toMs - piece.fromMs) / MOST_TICKS);
  const fine = step / 25;
  const ticks: Tick[] = [];
  const digits = Math.max(0, Math.ceil(-Math.log10(fine / 1000)));
  for (let n = Math.ceil((piece.fromMs - zeroMs) / fine); n * fine + zeroMs <= piece.toMs; n++) {
    const level = n % 25 === 0 ? 0 : n % 5 === 0 ? 1 : 2;
    const label = String(Number(((n * fine) / 1000).toFixed(digits))).replace('-', '\u2212');
    ticks.push({ x: at(n * fine + zeroMs), label, zero: n === 0, level, odd: (n / 25) % 2 !== 0 });
  }
  return ticks;
}

/** 1, 2 or 5 times a power of ten, not less than what is given. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-6)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

const round = (percent: number): number => Math.round(percent * 1000) / 1000;
