import type { EventBody } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import { restartDelay } from '../../model/wire.ts';
import type { HandRequest, Receipt } from '../../ports/bus.ts';
import type { Session } from '../session.ts';
import type { Origin, Untaken } from './monitoring.ts';

interface Outstanding {
  readonly peer: PeerName;
  readonly command: string;
  readonly origin: Origin;
  readonly sentAt: number;
}

/** What was sent to peers and not yet taken by them; every step of a message becomes an event. */
export class Messages {
  readonly #session: Session;
  readonly #outstanding = new Map<string, Outstanding>();
  /** Receipts can overtake the answer to the send: they come on another connection. */
  readonly #early = new Map<string, number>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Appends to the peer's queue and journals it; gives the clock's time at which it went out. Sends of one turn keep their order. Throws `unreachable`. */
  async send(peer: PeerName, command: string, origin: Origin): Promise<number> {
    const { bus, recorder, board, world } = this.#session;
    if (bus === undefined) throw new Error('Redis is not connected');
    const seconds = restartDelay(command);
    if (seconds !== undefined) board.restarts(peer, seconds);
    let sentAt = world.clock.now();
    const message = await bus.send(peer, command, NEVER, () => {
      sentAt = world.clock.now();
    });
    recorder.emit(sentEvent(peer, command, origin, sentAt));
    const key = keyOf(peer, message);
    const takenAt = this.#early.get(key);
    if (takenAt === undefined) {
      this.#outstanding.set(key, { peer, command, origin, sentAt });
      return sentAt;
    }
    this.#early.delete(key);
    this.#report({ peer, command, origin, sentAt }, takenAt);
    return sentAt;
  }

  /** Somebody at another terminal wants something sent: it is, unless there is no such peer to hear it. */
  asked({ id, peer, command, by }: HandRequest): void {
    const { board, recorder } = this.#session;
    const state = board.peers.get(peer as PeerName);
    if (state === undefined || state.life !== 'alive') {
      const why =
        state === undefined ? 'there is no such peer' : `it has ${state.life === 'died' ? 'died' : 'stopped'}`;
      recorder.emit({ type: 'hand-refused', peer, command, by, request: id, because: why });
      return;
    }
    this.send(state.peer, command, { kind: 'hand', by, request: id }).catch(() => undefined);
  }

  taken({ peer, message }: Receipt): void {
    const key = keyOf(peer, message);
    const now = this.#session.world.clock.now();
    const outstanding = this.#outstanding.get(key);
    if (outstanding === undefined) {
      this.#early.set(key, now);
      return;
    }
    this.#outstanding.delete(key);
    this.#report(outstanding, now);
  }

  /** Timeline commands that nobody took. What was meant for a peer that died is explained by its death, unless that was expected. */
  untaken(): readonly Untaken[] {
    return [...this.#outstanding.values()].filter(
      ({ peer, origin }) => origin.kind === 'timeline' && !this.#session.diedUnbidden(peer),
    );
  }

  #report({ peer, command, origin, sentAt }: Outstanding, takenAt: number): void {
    const { recorder, board } = this.#session;
    recorder.emit({
      type: 'command-taken',
      ...(origin.kind === 'timeline' ? { index: origin.index } : {}),
      ...(origin.kind === 'hand' ? { request: origin.request } : {}),
      peer,
      command,
      afterMs: rounded(Math.max(0, takenAt - sentAt)),
    });
    board.changed();
  }
}

/** A send is bounded by the bus itself; the last ones are made while the run is already stopping. */
const NEVER = new AbortController().signal;

const keyOf = (peer: PeerName, message: number): string => `${message} ${peer}`;

/** Milliseconds to the microsecond. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function sentEvent(peer: PeerName, command: string, origin: Origin, sentAt: number): EventBody {
  if (origin.kind === 'hand') {
    const { by, request } = origin;
    return { type: 'message-sent', peer, command, origin: 'hand', by, request };
  }
  if (origin.kind !== 'timeline') return { type: 'message-sent', peer, command, origin: origin.kind };
  const { index, dueMs, zero } = origin;
  return { type: 'command-sent', index, peer, command, dueMs, sentMs: rounded(sentAt - zero) };
}
