import type { MemoryProcess } from '../../src/drivers/memory/fleet.ts';
import type { MemoryRedis } from '../../src/drivers/memory/redis-memory.ts';
import { peerName } from '../../src/model/names.ts';
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
  /** What it does by itself, so long after each of its starts: words as in `act`. */
  readonly moods?: readonly { readonly afterMs: number; readonly does: string }[];
}

export const GOOD: Temper = { startMs: 50, workMs: 1 };

/** What a simulated peer was told, over all of its starts. */
export interface PeerDiary {
  readonly taken: string[];
  readonly said: string[];
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
  const pause = (ms: number) => clock.sleepUntil(clock.now() + ms, ended);

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
  for (let count = 0; alive(); count++) {
    if (temper.hangsAfter === count) return;
    const command = await redis.takeCommand(name, ended);
    diary.taken.push(command);
    say(`got ${command}`);
    await pause(temper.workMs);
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
