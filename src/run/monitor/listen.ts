import { disposeQuietly } from '../../lib/dispose-quietly.ts';
import { type Fault, toFault } from '../../model/fault.ts';
import type { HostName, PeerName } from '../../model/names.ts';
import type { BusListener, Listening } from '../../ports/bus.ts';
import type { ContainerExit } from '../../ports/containers.ts';
import type { Host } from '../../ports/host.ts';
import type { Session } from '../session.ts';
import { judgeExit } from './exits.ts';
import { Messages } from './messages.ts';
import type { Monitoring } from './monitoring.ts';

/**
 * Begins to listen. The engines come first and are then asked for what ended before they were heard, so that no end is missed.
 * Throws what the hosts or Redis throw.
 */
export async function startMonitoring(session: Session): Promise<Monitoring> {
  const { bus, recorder, board, fleet, world } = session;
  if (bus === undefined) throw new Error('Redis is not connected');
  const closing = new AbortController();
  const messages = new Messages(session);
  const judging = new Set<Promise<void>>();
  /** Containers whose end is known; one that is started again may end again. */
  const ended = new Set<string>();
  let listening: Listening | undefined;

  /** Lines that were told so far. */
  let lines = 0;

  const drain = async (): Promise<boolean> => {
    if (listening === undefined) return true;
    const { clock } = world;
    const abort = new AbortController();
    const drained = listening.drain(abort.signal).then(
      () => true,
      () => false,
    );
    const latest = clock.now() + DRAIN_LIMIT_MS;
    let whole: boolean | undefined;
    for (let before = -1; whole === undefined && clock.now() < latest && (lines > before || away); ) {
      before = lines;
      const patience = new AbortController();
      const late = clock.sleepUntil(Math.min(clock.now() + STANDSTILL_MS, latest), patience.signal).then(
        () => undefined,
        () => undefined,
      );
      whole = await Promise.race([drained, late]);
      patience.abort();
    }
    abort.abort();
    // A journal that cannot be written is told with the verdict; here it must not keep the peers from being cleaned up.
    await recorder.flush().catch(() => undefined);
    return whole ?? false;
  };

  /** Resolves while Redis can be heard: what was said before a loss is told after it. */
  const heard = async () => {
    const { clock } = world;
    await board.until(() => !away || gone !== undefined, clock, clock.now() + RECONNECT_LIMIT_MS, closing.signal);
  };

  const judge = (host: HostName, exit: ContainerExit) => {
    const peer = ourPeer(session, exit);
    // One end may be told twice: by the engine's events, and by the list that is read right after they are opened.
    if (peer === undefined || ended.has(exit.id)) return;
    ended.add(exit.id);
    const restarts = () => ended.delete(exit.id);
    const done = judgeExit(session, host, peer, exit, { drain, heard, restarts, signal: closing.signal }).finally(() =>
      judging.delete(done),
    );
    judging.add(done);
  };

  let lostAt = 0;
  let away = false;
  let gone: Fault | undefined;
  /** A word of theirs that cannot be judged, and so all behind it, is as lost as if Redis were: the run ends. */
  const unjudged = (peer: PeerName, error: unknown) => {
    const fault = toFault(error);
    gone ??= { ...fault, message: `what ${peer} reported could not be judged: ${fault.message}` };
    board.changed();
  };
  const listener: BusListener = {
    status: (report) => {
      try {
        recorder.emit({ type: 'peer-status', ...report });
      } catch (error) {
        unjudged(report.peer, error);
      }
      board.reported(report.peer, report.status);
    },
    logs: async (batch) => {
      for (const line of batch) {
        try {
          recorder.emit({ type: 'log', ...line });
        } catch (error) {
          unjudged(line.peer, error);
          throw error;
        }
      }
      lines += batch.length;
      await recorder.flush();
    },
    taken: (receipt) => messages.taken(receipt),
    asked: (request) => messages.asked(request),
    lost: (because) => {
      lostAt = world.clock.now();
      away = true;
      recorder.emit({ type: 'bus-lost', because });
    },
    restored: () => {
      recorder.emit({ type: 'bus-restored', afterMs: Math.round(world.clock.now() - lostAt) });
      away = false;
      board.changed();
    },
    ended: (fault) => {
      gone = fault;
      board.changed();
    },
  };
  try {
    await Promise.all(fleet.engines().map((host) => watchExits(session, host, judge, closing.signal)));
    const { redis, spec } = session.request.desired;
    const peers = [...board.peers.keys()];
    // Begun when Redis was prepared, but for a run that goes on with peers that are there.
    if (redis.kind !== 'external') await bus.replicate(peers, closing.signal);
    listening = await bus.listen(spec.test, peers, listener, closing.signal);
  } catch (error) {
    closing.abort();
    throw error;
  }
  recorder.emit({ type: 'bus-ready', redis: `Redis ${bus.version}`, precision: listening.precision });
  const watching = session.heartbeats.watch(bus, closing.signal);

  return {
    send: (peer, command, origin) => messages.send(peer, command, origin),
    fault: () => gone,
    untaken: () => messages.untaken(),
    drain,
    close: async () => {
      // Nobody is started again for a test that is over, however it came to its end.
      session.shuttingDown = true;
      board.changed();
      await Promise.allSettled(judging);
      if (!(await drain()) && gone === undefined) {
        session.unheard = UNHEARD;
        recorder.emit({
          type: 'warning',
          message: `${UNHEARD}: what they wrote last could not be read in time`,
          hint: 'let the peers log less, or look whether Redis answers',
        });
      }
      closing.abort();
      await watching;
      await disposeQuietly(listening);
    },
  };
}

/** Milliseconds for which a lost connection is waited for, at most: longer than a bus makes it again before it gives up. */
const RECONNECT_LIMIT_MS = 90_000;

/** Milliseconds that the last lines may take, while some come; at 50,000 lines a second a backlog of three million. */
const DRAIN_LIMIT_MS = 60_000;

/** Milliseconds without a line after which no more of them are waited for. */
const STANDSTILL_MS = 10_000;

const UNHEARD = 'tm did not hear all that the peers wrote';

async function watchExits(
  session: Session,
  host: Host,
  judge: (host: HostName, exit: ContainerExit) => void,
  signal: AbortSignal,
): Promise<void> {
  const { recorder } = session;
  const { containers } = host;
  const exits = await containers.exits(signal);
  const follow = async () => {
    for await (const exit of exits) judge(host.name, exit);
  };
  follow().catch((error: unknown) => {
    if (signal.aborted) return;
    recorder.emit({
      type: 'host-lost',
      host: host.name,
      because: error instanceof Error ? error.message : String(error),
    });
  });
  for (const container of await containers.list(signal)) {
    const peer = container.labels?.peer;
    if (peer === undefined || container.labels?.run !== session.run) continue;
    session.board.placed(peer, container.id);
    if (container.state === 'exited' || container.state === 'dead') {
      judge(host.name, {
        id: container.id,
        name: container.name,
        labels: container.labels,
        ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
        oomKilled: false,
      });
    }
  }
}

function ourPeer(session: Session, exit: ContainerExit): PeerName | undefined {
  const { labels } = exit;
  if (labels?.peer === undefined || labels.run !== session.run) return undefined;
  if (labels.test !== session.request.desired.spec.test) return undefined;
  const state = session.board.peers.get(labels.peer);
  if (state === undefined || (state.containerId !== undefined && state.containerId !== exit.id)) return undefined;
  return labels.peer;
}
