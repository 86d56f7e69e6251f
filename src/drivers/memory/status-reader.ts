import { isoTime } from '../../lib/iso-time.ts';
import type { StatusPrecision } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { StatusReport } from '../../ports/bus.ts';
import type { MemoryRedisServer, MemoryStatus } from './redis-memory.ts';

/** A place in what a peer has SET. It is of one list: a server without data, or a deletion, begins another. */
export interface MemoryPlace {
  readonly history: readonly MemoryStatus[] | undefined;
  readonly at: number;
}

/** The place before the status that stands. */
export function placeOf(server: MemoryRedisServer, peer: PeerName): MemoryPlace {
  const history = server.history.get(peer);
  return { history, at: Math.max(0, (history?.length ?? 0) - 1) };
}

/** What reading one peer's statuses tells, as exactly as the precision allows. */
export class MemoryStatusReader {
  readonly #peer: PeerName;
  readonly #precision: StatusPrecision;
  #place: MemoryPlace;
  #told: string | undefined;

  constructor(peer: PeerName, precision: StatusPrecision, place: MemoryPlace | undefined) {
    this.#peer = peer;
    this.#precision = precision;
    this.#place = place ?? { history: undefined, at: 0 };
  }

  /** What is news. `sets`: notifications since the last read. */
  read(server: MemoryRedisServer, sets: number): readonly StatusReport[] {
    const fresh = this.#fresh(server);
    const value = server.statuses.get(this.#peer);
    if (this.#precision === 'replicated') return fresh.map((status) => this.#report(status, 'replication'));
    const entries = fresh.filter(({ at }) => at !== undefined);
    const reports = entries.map((status) => this.#report(status, 'stream'));
    const last = entries.at(-1)?.text ?? this.#told;
    const unexplained = Math.max(0, sets - entries.length);
    this.#told = value;
    if (value === undefined || (value === last && unexplained === 0)) return reports;
    const end = reports.at(-1);
    // Somewhere among the entries.
    if (end !== undefined && value === last) return [...reports.slice(0, -1), { ...end, missed: unexplained }];
    const via = this.#precision === 'polled' ? 'poll' : 'notification';
    return [...reports, { peer: this.#peer, status: value, missed: Math.max(0, unexplained - 1), via }];
  }

  #fresh(server: MemoryRedisServer): readonly MemoryStatus[] {
    const history = server.history.get(this.#peer) ?? [];
    const from = history === this.#place.history ? this.#place.at : 0;
    this.#place = { history, at: history.length };
    return history.slice(from);
  }

  #report({ text, at }: MemoryStatus, via: 'replication' | 'stream'): StatusReport {
    const time = at === undefined ? {} : { reportedAt: isoTime(at) };
    return { peer: this.#peer, status: text, missed: 0, via, ...time };
  }
}
