/**
 * How fast and how exact the bus is, by notification and by the replication stream, beside the plain way (three connections a peer,
 * BLPOP an entry), in the same minute on the same machine: only the ratios count. `npx tsx bench/bus.ts [rounds] [measures…]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PrivateRedis } from '../test/contract/redis-server-private.ts';
import { PEERS, SUBJECTS, type Way } from './bus-subjects.ts';

const now = () => performance.timeOrigin + performance.now();
/** As tm sets it in a Redis of its own. */
const MANAGED = ['--repl-diskless-sync-delay', '0'];
type Figures = Record<string, number>;

/** Statuses of 100 peers, a thousand times a second one (`statuses`), or two back to back (`flips`, and `streamed` ones). */
async function statuses(way: Way, what: 'statuses' | 'flips' | 'streamed'): Promise<Figures> {
  await using redis = await PrivateRedis.start(MANAGED);
  const delays: number[] = [];
  const seen = new Set<number>();
  await using _subject = await SUBJECTS[way](redis.url(), {
    status(at) {
      delays.push(now() - at);
      seen.add(at);
    },
    line: () => undefined,
  });
  const times = await write(redis.url(), what, 1_000, 3_000);
  await sleep(100);
  const written = times * (what === 'statuses' ? 1 : 2);
  return {
    [`${what}: p50 ms`]: percentile(delays, 50),
    [`${what}: p99 ms`]: percentile(delays, 99),
    [`${what}: not seen %`]: Math.max(0, 100 * (1 - seen.size / written)),
  };
}

/** A hundred peers write lines and report statuses while 1,000 commands go out on an absolute schedule. */
async function logs(way: Way, offered: number, published = false): Promise<Figures> {
  await using redis = await PrivateRedis.start(MANAGED);
  const delays: number[] = [];
  const reports: number[] = [];
  await using subject = await SUBJECTS[way](
    redis.url(),
    { status: (at) => reports.push(now() - at), line: (at) => delays.push(now() - at) },
    published,
  );
  const server = await redis.client();
  const serverCpu = async () => {
    const info = String(await server.info('cpu'));
    return Number(/used_cpu_sys:([\d.]+)/.exec(info)?.[1]) + Number(/used_cpu_user:([\d.]+)/.exec(info)?.[1]);
  };
  const cpu = process.cpuUsage();
  const serverBefore = await serverCpu();
  const begun = performance.now();
  const writing = write(redis.url(), 'logs', offered, 4_000);
  const reporting = write(redis.url(), 'statuses', 200, 4_000);
  await sleep(700);
  const late: number[] = [];
  const start = performance.now();
  const sends: Promise<void>[] = [];
  for (let i = 0; i < 1_000; i++) {
    const due = start + i * 3;
    const left = due - performance.now();
    if (left > 1.5) await sleep(left - 1.5);
    while (performance.now() < due) await new Promise(setImmediate);
    sends.push(subject.send(`p${i % PEERS}`, 'go').then(() => void late.push(performance.now() - due)));
  }
  await Promise.all(sends);
  const written = await writing;
  await reporting;
  const inTime = delays.length;
  const used = process.cpuUsage(cpu);
  const took = performance.now() - begun;
  const name = `${offered / 1000}k lines/s${published ? ', published' : ''}`;
  return {
    [`${name}: lines/s`]: inTime / (took / 1000),
    [`${name}: undelivered %`]: (100 * (written - inTime)) / written,
    [`${name}: line p99 ms`]: percentile(delays, 99),
    [`${name}: status p50 ms`]: percentile(reports, 50),
    [`${name}: status p99 ms`]: percentile(reports, 99),
    [`${name}: command late p50 ms`]: percentile(late, 50),
    [`${name}: command late p99 ms`]: percentile(late, 99),
    // Of work done rather than of time gone by: other load on the machine changes it little.
    [`${name}: CPU ms per 1,000 lines`]: (used.user + used.system) / inTime,
    [`${name}: Redis CPU ms per 1,000 lines`]: (1_000_000 * ((await serverCpu()) - serverBefore)) / inTime,
  };
}

/** 200,000 lines that wait already. */
async function backlog(way: Way): Promise<Figures> {
  await using redis = await PrivateRedis.start(MANAGED);
  const writer = await redis.client();
  for (let i = 0; i < PEERS; i++) {
    await writer.lpush(
      `p${i}_log`,
      ...Array.from({ length: 2_000 }, (_, j) => `info|${j} a line of an ordinary length`),
    );
  }
  let count = 0;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const begun = performance.now();
  await using _subject = await SUBJECTS[way](redis.url(), {
    status: () => undefined,
    line() {
      count += 1;
      if (count === PEERS * 2_000) done();
    },
  });
  await all;
  return { 'backlog of 200k, lines/s': (PEERS * 2_000) / ((performance.now() - begun) / 1000) };
}

async function write(url: string, what: string, rate: number, ms: number): Promise<number> {
  const program = fileURLToPath(new URL('./bus-writer.ts', import.meta.url));
  const args = ['--import', 'tsx', program, url, what, PEERS, rate, ms].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  await once(child, 'close');
  return Number(output);
}

function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
}

const MEASURES: Readonly<Record<string, (way: Way) => Promise<Figures>>> = {
  statuses: (way) => statuses(way, 'statuses'),
  flips: (way) => statuses(way, 'flips'),
  streamed: (way) => statuses(way, 'streamed'),
  '5k': (way) => logs(way, 5_000),
  '20k': (way) => logs(way, 20_000),
  published: (way) => (way === 'plain' ? Promise.resolve({}) : logs(way, 20_000, true)),
  '50k': (way) => logs(way, 50_000),
  backlog,
};
const ALL: readonly Way[] = ['notified', 'replicated', 'plain'];
const rounds = Number(process.argv[2] ?? 3);
const only = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(MEASURES);
const figures: Record<Way, Map<string, number[]>> = { notified: new Map(), replicated: new Map(), plain: new Map() };
for (let round = 0; round < rounds; round++) {
  for (const measure of only.flatMap((name) => MEASURES[name] ?? [])) {
    // Turn and turn about, so that a busy moment of the machine hits all.
    for (const way of round % 2 === 0 ? ALL : [...ALL].reverse()) {
      for (const [name, value] of Object.entries(await measure(way))) {
        figures[way].set(name, [...(figures[way].get(name) ?? []), value]);
      }
    }
  }
}
const rows = [...figures.notified.keys()].map((figure) => {
  const median = (way: Way) => percentile(figures[way].get(figure) ?? [], 50);
  const [notified, replicated, plain] = [median('notified'), median('replicated'), median('plain')];
  return {
    figure,
    ...{ notified: rounded(notified), replicated: rounded(replicated), plain: rounded(plain) },
    'notified / plain': rounded(notified / plain),
    'replicated / notified': rounded(replicated / notified),
  };
});
console.table(rows);

/** Three digits; nothing for what cannot be told, such as a ratio of nothing to nothing. */
function rounded(value: number): number | string {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : '';
}
