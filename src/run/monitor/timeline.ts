import { toFault } from '../../model/fault.ts';
import type { TimelineEntry } from '../../model/timeline.ts';
import type { Session } from '../session.ts';
import { FAILED_FAST, STOPPED } from '../skip-reasons.ts';
import { Agenda, type WaitingEntry } from './agenda.ts';
import { markUsed } from './mark-used.ts';
import { throwIfRedisIsGone } from './startup.ts';

/** Milliseconds after which it looks again although nothing is due, so that the judge knows that tm is awake. */
const IDLE_MS = 250;

/**
 * Sends each command at its own time, counted from one zero (a late one delays none behind it), or when what it waits for happens, and
 * stays until the last window of an expectation has closed. Ends early with the stop signal, with `--fail-fast`, and when nobody is left
 * to send to. Throws `unreachable` when Redis is gone for good.
 */
export async function runTimeline(session: Session): Promise<void> {
  await markUsed(session);
  await new TimelineRun(session).run();
}

class TimelineRun {
  readonly #session: Session;
  readonly #agenda: Agenda;
  readonly #waiting = new Map<number, { readonly entry: WaitingEntry; readonly untilMs: number }>();
  readonly #sends: Promise<void>[] = [];
  /** The clock's time at which the timeline began. */
  readonly #zero: number;
  #failure: unknown;
  /** Entries whose sending failed: Redis is gone. */
  readonly #unsent: TimelineEntry[] = [];
  #underWay = 0;
  /** Something was sent since it was last looked at: what hangs on it may be due. */
  #stirred = false;

  constructor(session: Session) {
    const { plan, recorder } = session;
    if (plan === undefined) throw new Error('nothing is planned');
    const { entries, lengthMs } = plan.timeline;
    this.#session = session;
    this.#agenda = new Agenda(entries);
    const started = recorder.emit({ type: 'timeline-started', commands: entries.length, lengthMs });
    this.#zero = recorder.clockTime(started.atMs);
  }

  async run(): Promise<void> {
    const { board, judging, recorder, world, stop } = this.#session;
    for (const entry of this.#agenda.begin()) this.#beginWait(entry, 0);
    while (!this.#isCut()) {
      const now = this.#offset();
      this.#sendDue(now);
      judging.advance(now);
      this.#lookAtWaits(now);
      if (this.#isCut() || this.#isOver(now)) break;
      // A wait that was met just now has made its command due.
      if ((this.#agenda.next() ?? Number.POSITIVE_INFINITY) <= now) continue;
      await board.until(() => this.#wakes(), world.clock, this.#zero + this.#nextMoment(now), stop.signal);
    }
    await Promise.all(this.#sends);
    this.#skipRest();
    const ms = Math.round(this.#offset());
    this.#session.timelineOver = !this.#isCut() || this.#endedByItself();
    if (!this.#session.timelineOver) this.#stopJudging();
    recorder.emit({ type: 'timeline-ended', ms });
    throwIfRedisIsGone(this.#session);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** What the peers do while they are shut down is no answer to what the timeline was to show. */
  #stopJudging(): void {
    const { judging, monitoring, stop } = this.#session;
    const fault = monitoring?.fault();
    const because = stop.signal.aborted
      ? 'the run was interrupted'
      : fault !== undefined || this.#failure !== undefined
        ? `the run was cut short (${fault?.message ?? toFault(this.#failure).message})`
        : 'the run was ended by --fail-fast';
    judging.finish({ kind: 'cut', because });
  }

  #offset(): number {
    return this.#session.world.clock.now() - this.#zero;
  }

  /** Nothing more is to be sent, whatever is still planned. */
  #isCut(): boolean {
    const { stop, monitoring } = this.#session;
    return (
      stop.signal.aborted ||
      this.#failure !== undefined ||
      monitoring?.fault() !== undefined ||
      this.#session.failsFast() ||
      this.#nobodyIsLeft()
    );
  }

  #nobodyIsLeft(): boolean {
    const peers = this.#session.board.all();
    return peers.length > 0 && peers.every((peer) => peer.life !== 'alive');
  }

  /** Nobody is left, and nothing else ended it. */
  #endedByItself(): boolean {
    const { stop, monitoring } = this.#session;
    return (
      this.#nobodyIsLeft() &&
      !stop.signal.aborted &&
      this.#failure === undefined &&
      monitoring?.fault() === undefined &&
      !this.#session.failsFast()
    );
  }

  #isOver(now: number): boolean {
    // What is being sent may open a window.
    return this.#agenda.left === 0 && this.#underWay === 0 && (this.#session.judging.openUntil() ?? 0) <= now;
  }

  /** The next offset behind `now` at which there is something to do. */
  #nextMoment(now: number): number {
    const { judging } = this.#session;
    const moments = [
      this.#agenda.next(),
      judging.nextMoment(),
      this.#agenda.left === 0 ? judging.openUntil() : undefined,
      ...[...this.#waiting.values()].map(({ untilMs }) => untilMs),
    ].filter((moment) => moment !== undefined && moment > now) as readonly number[];
    return Math.min(now + IDLE_MS, ...moments);
  }

  /** Whether there is something to do before the next moment. */
  #wakes(): boolean {
    const { judging } = this.#session;
    if (this.#stirred) {
      this.#stirred = false;
      return true;
    }
    return (
      this.#isCut() ||
      this.#isOver(this.#offset()) ||
      [...this.#waiting.keys()].some((index) => judging.waitMet(index) !== undefined)
    );
  }

  #sendDue(now: number): void {
    for (const { entry, dueMs } of this.#agenda.takeDue(now)) {
      const life = this.#session.board.peers.get(entry.peer)?.life;
      if (life === 'alive') this.#send(entry, dueMs);
      else this.#skip(entry, becauseOf(life));
    }
  }

  #send(entry: TimelineEntry, dueMs: number): void {
    const { monitoring, board } = this.#session;
    if (monitoring === undefined) throw new Error('nobody listens');
    const { index, peer, command } = entry;
    this.#underWay += 1;
    const sending = monitoring.send(peer, command, { kind: 'timeline', index, dueMs, zero: this.#zero });
    this.#sends.push(
      sending
        .then((sentAt) => {
          const offset = sentAt - this.#zero;
          for (const waiting of this.#agenda.sent(index, offset)) this.#beginWait(waiting, offset);
        })
        .catch((error: unknown) => {
          this.#failure ??= error;
          this.#unsent.push(entry);
        })
        .finally(() => {
          this.#underWay -= 1;
          this.#stirred = true;
          board.changed();
        }),
    );
  }

  #beginWait(entry: WaitingEntry, offsetMs: number): void {
    const { judging, recorder } = this.#session;
    const { index, peer, command, waits } = entry;
    const untilMs = offsetMs + waits.withinMs;
    this.#waiting.set(index, { entry, untilMs });
    recorder.emit({ type: 'command-waiting', index, peer, command, untilMs });
    judging.beginWait(index, offsetMs);
    this.#stirred = true;
  }

  #lookAtWaits(now: number): void {
    const { judging } = this.#session;
    for (const [index, { entry, untilMs }] of this.#waiting) {
      const metMs = judging.waitMet(index);
      if (metMs === undefined && now < untilMs) continue;
      this.#waiting.delete(index);
      judging.endWait(index);
      if (metMs !== undefined) {
        this.#agenda.call(entry, metMs);
      } else {
        this.#agenda.giveUp(entry);
        this.#skip(entry, judging.whyNot(index));
      }
    }
  }

  /** It is not sent, and so nothing that hangs on it. */
  #skip(entry: TimelineEntry, because: string): void {
    this.#emitSkipped(entry, because);
    const why = `"${entry.command}" to ${entry.peer}, which it waits for, was not sent`;
    for (const dropped of this.#agenda.drop(entry.index)) this.#emitSkipped(dropped, why);
  }

  #skipRest(): void {
    const waiting = [...this.#waiting.values()].map(({ entry }) => entry);
    const { board, stop, judging } = this.#session;
    for (const { index } of waiting) judging.endWait(index);
    for (const entry of [...this.#unsent, ...this.#agenda.takeRest(waiting)]) {
      const life = board.peers.get(entry.peer)?.life;
      const cut = stop.signal.aborted || life === 'alive';
      this.#emitSkipped(entry, cut ? (this.#session.failsFast() ? FAILED_FAST : STOPPED) : becauseOf(life));
    }
  }

  #emitSkipped({ index, peer, command }: TimelineEntry, because: string): void {
    this.#session.recorder.emit({ type: 'command-skipped', index, peer, command, because });
  }
}

const becauseOf = (life: 'alive' | 'ended' | 'died' | undefined): string =>
  life === 'died' ? 'it died' : 'it has stopped';
