import { setTimeout as sleep } from 'node:timers/promises';
import { PrivateRedis } from '../../test/peer/private-redis.ts';
import { DrivenPeer } from './driven-peer.ts';
import { percentile } from './percentile.ts';
import type { Subject } from './subjects.ts';

export type Figures = Readonly<Record<string, number>>;

const STARTS = 5;
const COMMANDS = 2_000;
const STATUSES = 2_000;
/** Fits into a client's buffer of 50,000 lines, so that none is dropped however fast they are written. */
const LINES = 40_000;
/** Does not. */
const FLOOD = 100_000;

/** All figures of one subject, on a Redis of its own. */
export async function measure(subject: Subject): Promise<Figures> {
  await using redis = await PrivateRedis.start();
  const starts: number[] = [];
  for (let start = 1; start < STARTS; start++) {
    const { peer, startMs } = await DrivenPeer.start(subject, redis);
    starts.push(startMs);
    await peer.stop();
  }
  const { peer, startMs } = await DrivenPeer.start(subject, redis);
  starts.push(startMs);
  await sleep(500);
  const figures = {
    'start to `started`, ms': percentile(starts, 50),
    'memory when started, MB': await peer.memoryMb('VmRSS'),
    ...(await commands(peer)),
    ...(await statuses(peer)),
    ...(await lines(peer)),
    [`of ${FLOOD.toLocaleString('en')} lines at once, counted as missing, %`]: await missing(peer),
    'memory at most, MB': await peer.memoryMb('VmHWM'),
  };
  await peer.stop();
  return figures;
}

/** One command after the other: from its RPUSH until the status by which it is answered is read from the stream. */
async function commands(peer: DrivenPeer): Promise<Figures> {
  const stream = await peer.follow();
  const answer = async (word: string) => {
    const began = performance.now();
    await peer.tell(`status|${word}`);
    const seen = await stream.next();
    if (seen !== word) throw new Error(`told to report ${word}, it reported ${seen}`);
    return performance.now() - began;
  };
  for (let i = 0; i < COMMANDS / 4; i++) await answer(`warm-${i}`);
  const cpu = await peer.cpuMs();
  const times: number[] = [];
  for (let i = 0; i < COMMANDS; i++) times.push(await answer(`word-${i}`));
  const used = (await peer.cpuMs()) - cpu;
  stream.close();
  return {
    'command to its status, p50 ms': percentile(times, 50),
    'command to its status, p99 ms': percentile(times, 99),
    'CPU for a command and its status, ms': used / COMMANDS,
  };
}

/** Many statuses reported at once, until the last one stands. */
async function statuses(peer: DrivenPeer): Promise<Figures> {
  const times: number[] = [];
  for (let time = 0; time < 5; time++) {
    const last = `last-${time}`;
    const words = [...Array.from({ length: STATUSES - 1 }, (_, index) => `word-${index}`), last];
    const began = performance.now();
    await peer.tell(`status|${words.join('|')}`);
    await peer.standing((status) => status === last);
    times.push(performance.now() - began);
  }
  return { 'statuses a second': STATUSES / (percentile(times, 50) / 1000) };
}

/** Bursts of lines: what their writer waited, and until all are in Redis. */
async function lines(peer: DrivenPeer): Promise<Figures> {
  await burst(peer, LINES / 4);
  const cpu = await peer.cpuMs();
  const bursts: Burst[] = [];
  for (let time = 0; time < 10; time++) bursts.push(await burst(peer, LINES));
  const used = (await peer.cpuMs()) - cpu;
  if (bursts.some((one) => one.missing > 0)) throw new Error(`lines are missing of a burst of ${LINES}`);
  return {
    'log lines a second':
      LINES /
      (percentile(
        bursts.map((one) => one.ms),
        50,
      ) /
        1000),
    'a log call, µs':
      (1000 *
        percentile(
          bursts.map((one) => one.callerMs),
          50,
        )) /
      LINES,
    'CPU for 1,000 log lines, ms': used / ((bursts.length * LINES) / 1000),
  };
}

/** Percent of a flood that did not fit into the buffer, which the client says at their place. */
async function missing(peer: DrivenPeer): Promise<number> {
  return (100 * (await burst(peer, FLOOD)).missing) / FLOOD;
}

interface Burst {
  readonly ms: number;
  readonly callerMs: number;
  readonly missing: number;
}

let bursts = 0;

/** A status comes after what was logged before it, so all is in Redis when it stands. Throws where a line is neither there nor counted. */
async function burst(peer: DrivenPeer, count: number): Promise<Burst> {
  const done = `done-${bursts++}`;
  const began = performance.now();
  await peer.tell(`log|info|${count}|x`);
  await peer.tell(`status|${done}`);
  await peer.standing((status) => status === done);
  const ms = performance.now() - began;
  const log = await peer.takeLog();
  const gaps = log.flatMap((line) => /^warn\|(\d+) log lines are missing here/.exec(line)?.[1] ?? []);
  const missing = gaps.reduce((sum, gap) => sum + Number(gap), 0);
  // The peer's own report of the burst is a line as well.
  const accounted = log.length - gaps.length + missing;
  if (accounted !== count + 1) throw new Error(`of ${count + 1} lines ${accounted} are there or counted`);
  const said = log.flatMap((line) => /^info\|logged \d+ lines in (\d+) ms$/.exec(line)?.[1] ?? []).at(-1);
  return { ms, callerMs: Number(said ?? Number.NaN), missing };
}
