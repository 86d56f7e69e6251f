import type { MemoryProcess } from '../../src/drivers/memory/fleet.ts';
import type { MemoryRedis } from '../../src/drivers/memory/redis-memory.ts';
import { type PeerName, peerName } from '../../src/model/names.ts';
import { formatHeartbeat } from '../../src/model/wire.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** What a simulated peer does; times in milliseconds. */
export interface Temper {
  readonly startMs: number;
  /** Time that each command takes. */
  readonly workMs: number;
  /** Never reports `started`. */
  readonly mute?: boolean;
  /** Ends by itself so long after its start. */
  readonly crash?: { readonly afterMs: number; readonly exitCode: number; readonly oomKilled: boolean };
  /** Takes no command any more after so many. */
  readonly hangsAfter?: number;
  /** Ends without reporting `stopped`. */
  readonly rude?: boolean;
  /** Sends a heartbeat so often, as our client libraries do. */
  readonly heartbeatMs?: number;
  /** Stands still, as if by SIGSTOP, in these stretches of time since its start; what it would have done then it does behind them. */
  readonly frozen?: readonly Freeze[];
  /** What it does by itself, so long after each of its starts: words as in `act`. */
  readonly moods?: readonly { readonly afterMs: number; readonly does: string }[];
}

/** Milliseconds since the start of a peer. `only`: all but its heartbeats goes on. */
export interface Freeze {
  readonly fromMs: number;
  readonly toMs: number;
  readonly only?: 'heartbeats';
}

export const GOOD: Temper = { startMs: 50, workMs: 1 };

/** What a simulated peer was told, over all of its starts. */
export interface PeerDiary {
  readonly taken: string[];
  readonly said: string[];
}

/** A heartbeat as it was sent. */
export interface Beat {
  readonly peer: PeerName;
  /** By the clock that tm has, too. */
  readonly sentMs: number;
  /** By the peer's own. */
  readonly at: number;
}

interface Deeds {
  readonly say: (text: string) => void;
  readonly status: (text: string) => void;
  readonly exit: (code: number) => void;
}

/** `report|up` sets a status, `say|hello` writes a line, `exit|3` dies, `leave` stops as if it had been told to; other words do nothing. */
function act(words: string, { say, status, exit }: Deeds): void {
  const [verb, rest = ''] = words.split(/\|(.*)/s);
  if (verb === 'report') status(rest);
  if (verb === 'say') say(rest);
  if (verb === 'exit') exit(Number(rest));
  if (verb !== 'leave') return;
  status('stopped');
  exit(0);
}

/** Plays a peer that knows only the plain wire: SET, LPUSH and BLPOP against the Redis in memory. Ends when its container does. */
export async function playPeer(
  process: MemoryProcess,
  redis: MemoryRedis,
  clock: Clock,
  temper: Temper,
  diary: PeerDiary,
  ended: AbortSignal,
  beats: Beat[],
): Promise<void> {
  const name = peerName(process.environment['PEER_NAME'] ?? '');
  const server = redis.running;
  const alive = () => !ended.aborted && server !== undefined && redis.running === server;
  const say = (text: string) => {
    if (!alive()) return;
    diary.said.push(text);
    redis.pushLog(name, `info|${text}`);
  };
  const status = (text: string) => {
    if (alive()) redis.setStatus(name, text);
  };
  const deeds: Deeds = { say, status, exit: (code) => process.exit(code) };
  const startedMs = clock.now();
  const thawed = async (what: 'all' | 'heartbeats' = 'all') => {
    for (const { fromMs, toMs, only = 'all' } of temper.frozen ?? []) {
      const sinceStart = clock.now() - startedMs;
      const isMeant = only === 'all' || only === what;
      if (isMeant && sinceStart >= fromMs && sinceStart < toMs) await clock.sleepUntil(startedMs + toMs, ended);
    }
  };
  const pause = async (ms: number) => {
    await clock.sleepUntil(clock.now() + ms, ended);
    await thawed();
  };

  if (temper.crash !== undefined) {
    const { afterMs, exitCode, oomKilled } = temper.crash;
    pause(afterMs).then(
      () => process.exit(exitCode, { oomKilled }),
      () => undefined,
    );
  }
  for (const { afterMs, does } of temper.moods ?? []) {
    pause(afterMs).then(
      () => act(does, deeds),
      () => undefined,
    );
  }
  await pause(temper.startMs);
  if (temper.mute) return;
  status(`started|/ip4/10.0.0.9/udp/1/quic-v1/p2p/${name}`);
  let leaving = false;
  const beat = async (everyMs: number) => {
    while (alive() && !leaving) {
      // Clocks of peers differ.
      const at = clock.wall() + 3_600_000;
      redis.setHeartbeat(name, formatHeartbeat({ at, intervalMs: everyMs }));
      beats.push({ peer: name, sentMs: clock.now(), at });
      await pause(everyMs);
      await thawed('heartbeats');
    }
  };
  if (temper.heartbeatMs !== undefined) beat(temper.heartbeatMs).catch(() => undefined);
  for (let count = 0; alive(); count++) {
    if (temper.hangsAfter === count) return;
    const command = await redis.takeCommand(name, ended);
    await thawed();
    diary.taken.push(command);
    say(`got ${command}`);
    await pause(temper.workMs);
    leaving = command === 'shutdown' || command.startsWith('restart|');
    if (command === 'shutdown') {
      if (!temper.rude) status('stopped');
      process.exit(0);
      return;
    }
    if (command.startsWith('restart|')) {
      status('restarting');
      process.setRestartDelay(Number(command.slice('restart|'.length)));
      process.exit(42);
      return;
    }
    act(command, deeds);
    if (ended.aborted) return;
    if (command === 'connect') {
      status('connecting');
      await pause(1);
      status('connected');
    }
  }
}
