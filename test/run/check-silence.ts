/** What must be so of the silences of every run: read off its events and the heartbeats that its peers really sent. */
import { expect } from 'vitest';
import { isoTime } from '../../src/lib/iso-time.ts';
import type { TmEvent } from '../../src/model/event.ts';
import type { PeerName } from '../../src/model/names.ts';
import { parseStatus } from '../../src/model/wire.ts';
import type { Beat, Temper } from '../fakes/simulated-peer.ts';

/** Milliseconds between two looks of tm at the heartbeats. */
const LOOK_MS = 5_000;
/** Milliseconds for what happens in one instant of a clock that is moved by hand, rounded. */
const DUST_MS = 0.01;

interface Silent {
  readonly atMs: number;
  readonly forMs: number;
}

/** `beats`: by the clock of the run, of which the run began at `startedMs`. */
export function checkSilences(
  events: readonly TmEvent[],
  tempers: ReadonlyMap<string, Temper>,
  beats: readonly Beat[],
  startedMs: number,
): void {
  for (const [peer, { heartbeatMs }] of tempers) {
    const sent = beats
      .filter((beat) => beat.peer === peer)
      .map(({ sentMs, at }) => ({ ms: sentMs - startedMs, lastAt: isoTime(at) }));
    if (heartbeatMs === undefined) expect(about(events, peer, 'peer-silent'), `${peer} sends none`).toEqual([]);
    else checkPeer(events, peer as PeerName, heartbeatMs * 3 + 4_000, sent);
  }
}

type Sent = readonly { readonly ms: number; readonly lastAt: string }[];

function checkPeer(events: readonly TmEvent[], peer: PeerName, limitMs: number, sent: Sent): void {
  let silent: Silent | undefined;
  for (const [index, event] of events.entries()) {
    const { atMs } = event;
    if ('peer' in event && event.peer === peer) {
      if (event.type === 'peer-silent') {
        expect(silent, `${peer} is silent once`).toBeUndefined();
        checkSilent(events.slice(0, index), peer, event, limitMs, sent);
        silent = event;
      } else if (event.type === 'peer-heard') {
        if (silent === undefined) throw new Error(`${peer} was not silent at ${atMs}`);
        expect(event.afterMs).toBeCloseTo(atMs - silent.atMs + silent.forMs, 2);
        const { atMs: sinceMs } = silent;
        const isOf = (one: TmEvent) => one.atMs === atMs && (one.type === 'peer-status' || one.type === 'log');
        const wasSaid = about(events.slice(0, index), peer).some(isOf);
        const wasBeaten = sent.some(({ ms }) => ms >= sinceMs - DUST_MS && ms <= atMs + DUST_MS);
        expect(wasSaid || wasBeaten, `${peer} has given a sign of life by ${atMs}`).toBe(true);
        silent = undefined;
      } else if (event.type === 'peer-restarting' || event.type === 'peer-died' || event.type === 'peer-exited')
        silent = undefined;
    }
  }
  checkNoneIsMissed(events, peer, limitMs, sent);
}

/** Nothing of it was heard for so long, and it could have been. `before`: what had happened by then. */
function checkSilent(
  before: readonly TmEvent[],
  peer: PeerName,
  { atMs, forMs, lastAt }: Silent & { readonly lastAt: string },
  limitMs: number,
  sent: Sent,
): void {
  expect(forMs).toBeGreaterThanOrEqual(limitMs);
  const fromMs = atMs - forMs + DUST_MS;
  const within = ({ atMs: ms }: { readonly atMs: number }) => ms > fromMs && ms < atMs - DUST_MS;
  expect(sent.filter(({ ms }) => within({ atMs: ms }))).toEqual([]);
  expect(about(before, peer, 'peer-status', 'log', 'command-taken').filter(within)).toEqual([]);
  expect(before.filter(({ type }) => type === 'bus-lost' || type === 'bus-restored').filter(within)).toEqual([]);
  expect(isAway(before), 'Redis can be read').toBe(false);
  expect(isExcused(before, peer), `${peer} has something to say`).toBe(false);
  const last = (untilMs: number) => sent.findLast(({ ms }) => ms <= untilMs)?.lastAt;
  expect([last(atMs + DUST_MS), last(atMs - DUST_MS)]).toContain(lastAt);
}

/** A stretch without any sign of life that is long enough for tm to see its beginning and its length makes the peer silent. */
function checkNoneIsMissed(events: readonly TmEvent[], peer: PeerName, limitMs: number, sent: Sent): void {
  const ready = events.findIndex(({ type }) => type === 'bus-ready');
  const verdict = events.findIndex(({ type }) => type === 'verdict');
  if (ready < 0) return;
  const heard: readonly TmEvent['type'][] = ['peer-status', 'log', 'command-taken', 'peer-restarting'];
  const turns = events.flatMap((event, index) =>
    index === ready ||
    index === verdict ||
    event.type === 'bus-lost' ||
    event.type === 'bus-restored' ||
    (heard.includes(event.type) && 'peer' in event && event.peer === peer)
      ? [event.atMs]
      : [],
  );
  const endMs = events[verdict]?.atMs ?? 0;
  const points = [...turns, ...sent.map(({ ms }) => ms)].filter((ms) => ms <= endMs).sort((a, b) => a - b);
  for (const [i, fromMs] of points.entries()) {
    const toMs = points[i + 1] ?? endMs;
    if (toMs - fromMs <= limitMs + 2 * LOOK_MS + DUST_MS) continue;
    const before = events.filter(({ atMs }) => atMs <= fromMs + DUST_MS);
    const startedMs = about(before, peer, 'peer-status').findLast(({ status }) => isStart(status))?.atMs;
    const isBeating = sent.some(({ ms }) => startedMs !== undefined && ms >= startedMs - DUST_MS && ms <= fromMs);
    const isOver = about(events, peer, 'peer-died', 'peer-exited').some(({ atMs }) => atMs < toMs);
    if (!isBeating || isOver || isAway(before) || isExcused(before, peer) || fromMs < (events[ready]?.atMs ?? 0))
      continue;
    const turn = about(events, peer, 'peer-silent', 'peer-heard').findLast(({ atMs }) => atMs < toMs);
    expect(turn?.type, `${peer} between ${fromMs} and ${toMs}`).toBe('peer-silent');
  }
}

function about<T extends TmEvent['type']>(
  events: readonly TmEvent[],
  peer: string,
  ...types: readonly T[]
): readonly (TmEvent & { readonly type: T })[] {
  return events.filter(
    (event): event is TmEvent & { readonly type: T } =>
      'peer' in event && event.peer === peer && (types.length === 0 || types.includes(event.type as T)),
  );
}

const isAway = (before: readonly TmEvent[]): boolean =>
  before.findLast(({ type }) => type === 'bus-lost' || type === 'bus-restored')?.type === 'bus-lost';

const isStart = (status: string): boolean => parseStatus(status).word === 'started';

function isExcused(before: readonly TmEvent[], peer: PeerName): boolean {
  const last = about(before, peer, 'peer-status', 'peer-restarting', 'peer-died', 'peer-exited').at(-1);
  if (last?.type !== 'peer-status') return true;
  return ['restarting', 'stopped'].includes(parseStatus(last.status).word);
}
