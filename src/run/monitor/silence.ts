import { isoTime } from '../../lib/iso-time.ts';
import type { EventBody, TmEvent } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import { type Heartbeat, parseHeartbeat, parseStatus } from '../../model/wire.ts';

/** Heartbeats that may fail to come before a peer counts as silent. */
const INTERVALS = 3;
/** Milliseconds on top of them, for the way of a heartbeat and for a peer that connects to Redis again. */
const GRACE_MS = 4_000;

export type SilenceEvent = Extract<EventBody, { type: 'peer-silent' | 'peer-heard' }>;

interface Hearing {
  /** As it stood at the last read. */
  text: string | undefined;
  /** The last one; a peer that has sent none is never silent. */
  heartbeat: Heartbeat | undefined;
  /** When it was last heard, or when tm could hear again after it could not. */
  heardMs: number;
  silent: boolean;
  /** It restarts or has stopped, and so has nothing to say. */
  excused: boolean;
}

/**
 * Which peers are silent, from a run's events and from reads of the heartbeats. All times are milliseconds since the run began, by the
 * clock of tm: heartbeats are only compared with each other, so that no peer's clock matters. Has no clock and does no IO.
 */
export class Silence {
  readonly #peers: Map<PeerName, Hearing>;
  readonly #mostApartMs: number;
  #lastReadMs: number | undefined;
  /** Redis cannot be read. */
  #away = false;

  /** `mostApartMs`: of two reads that are further apart tm, or Redis, has stood still between them. */
  constructor(peers: Iterable<PeerName>, mostApartMs: number) {
    const fresh = (): Hearing => ({
      text: undefined,
      heartbeat: undefined,
      heardMs: 0,
      silent: false,
      excused: false,
    });
    this.#peers = new Map([...peers].map((peer) => [peer, fresh()]));
    this.#mostApartMs = mostApartMs;
  }

  /** Since when a silent peer has not been heard; undefined for one that is not silent. */
  since(peer: PeerName): number | undefined {
    const hearing = this.#peers.get(peer);
    return hearing?.silent ? hearing.heardMs : undefined;
  }

  /** What an event of the run says about it. */
  hear(event: TmEvent): readonly SilenceEvent[] {
    switch (event.type) {
      case 'peer-status': {
        const hearing = this.#peers.get(event.peer);
        if (hearing === undefined) return [];
        const { word } = parseStatus(event.status);
        const events = heard(event.peer, hearing, event.atMs);
        if (word === 'restarting' || word === 'stopped') excuse(hearing);
        else hearing.excused = false;
        return events;
      }
      case 'log': {
        const hearing = this.#peers.get(event.peer);
        return hearing === undefined ? [] : heard(event.peer, hearing, event.atMs);
      }
      case 'command-taken': {
        // Redis hands a command also to a peer that was frozen while it waited for one: that ends no silence.
        const hearing = this.#peers.get(event.peer);
        if (hearing?.silent === false) hearing.heardMs = event.atMs;
        return [];
      }
      case 'peer-restarting': {
        const hearing = this.#peers.get(event.peer);
        if (hearing !== undefined) excuse(hearing);
        return [];
      }
      case 'peer-died':
      case 'peer-exited':
        this.#peers.delete(event.peer);
        return [];
      case 'bus-lost':
        this.#away = true;
        return [];
      case 'bus-restored':
        this.#away = false;
        this.#beginAnew(event.atMs);
        return [];
      default:
        return [];
    }
  }

  /** The heartbeats as they stand at `atMs`; a peer that has sent none is missing. */
  read(texts: ReadonlyMap<PeerName, string>, atMs: number): readonly SilenceEvent[] {
    const peers = [...this.#peers];
    const stoodStill = atMs - (this.#lastReadMs ?? atMs) > this.#mostApartMs;
    this.#lastReadMs = atMs;
    const events = peers.flatMap(([peer, hearing]) => compare(peer, hearing, texts.get(peer), atMs));
    if (stoodStill) this.#beginAnew(atMs);
    if (this.#away) return events;
    return [...events, ...peers.flatMap(([peer, hearing]) => fallSilent(peer, hearing, atMs))];
  }

  /** Time in which nobody could be heard counts for nothing. */
  #beginAnew(atMs: number): void {
    for (const hearing of this.#peers.values()) if (!hearing.silent) hearing.heardMs = atMs;
  }
}

function heard(peer: PeerName, hearing: Hearing, atMs: number): readonly SilenceEvent[] {
  const afterMs = rounded(atMs - hearing.heardMs);
  const wasSilent = hearing.silent;
  hearing.heardMs = atMs;
  hearing.silent = false;
  return wasSilent ? [{ type: 'peer-heard', peer, afterMs }] : [];
}

/** Whether its next start sends heartbeats is not known: it may be another version. */
function excuse(hearing: Hearing): void {
  hearing.excused = true;
  hearing.silent = false;
  hearing.heartbeat = undefined;
}

function compare(peer: PeerName, hearing: Hearing, text: string | undefined, atMs: number): readonly SilenceEvent[] {
  if (text === undefined || text === hearing.text) return [];
  hearing.text = text;
  const heartbeat = parseHeartbeat(text);
  // It may have been sent before it was excused.
  if (heartbeat === undefined || hearing.excused) return [];
  hearing.heartbeat = heartbeat;
  return heard(peer, hearing, atMs);
}

function fallSilent(peer: PeerName, hearing: Hearing, atMs: number): readonly SilenceEvent[] {
  const { heartbeat, heardMs, silent, excused } = hearing;
  if (heartbeat === undefined || silent || excused) return [];
  const forMs = atMs - heardMs;
  if (forMs < INTERVALS * heartbeat.intervalMs + GRACE_MS) return [];
  hearing.silent = true;
  return [{ type: 'peer-silent', peer, forMs: rounded(forMs), lastAt: isoTime(heartbeat.at) }];
}

/** Milliseconds to the microsecond. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
