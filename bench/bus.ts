/**
 * How fast the bus is beside the plain way (three connections a peer, BLPOP an entry), in the same minute on the same machine:
 * only the ratios count. `npx tsx bench/bus.ts [rounds]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { redisBuses } from '../src/drivers/redis/redis-bus.ts';
import { Secret } from '../src/lib/secret.ts';
import { peerName } from '../src/model/names.ts';
import { PrivateRedis } from '../test/contract/redis-server-private.ts';
import { PlainBus, type PlainListener } from './bus-plain.ts';

const PEERS = 100;
const { signal } = new AbortController();
const now = () => performance.timeOrigin + performance.now();

interface Subject extends AsyncDisposable {
  send(peer: string, command: string): Promise<void>;
}

const subjects = {
  bus: async (url: string, listener: PlainListener): Promise<Subject> => {
    const bus = await redisBuses().connect(new Secret(url), signal);
    const peers = Array.from({ length: PEERS }, (_, i) => peerName(`p${i}`));
    const ignore = () => undefined;
    await bus.listen(
      peers,
      {
        status: ({ status }) => listener.status(Number(status.split('|')[1])),
        async logs(lines) {
          for (const { message } of lines) listener.line(Number.parseFloat(message));
        },
        ...{ taken: ignore, lost: ignore, restored: ignore },
      },
      signal,
    );
    return {
      send: async (peer, command) => void (await bus.send(peerName(peer), command, signal)),
      [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
    };
  },
  plain: (url: string, listener: PlainListener): Promise<Subject> => PlainBus.listen(url, PEERS, listener),
};
type Way = keyof typeof subjects;
type Figures = Record<string, number>;

/** Statuses of 100 peers, 1,000 a second in all. */
async function statuses(way: Way): Promise<Figures> {
  await using redis = await PrivateRedis.start();
  const delays: number[] = [];
  await using _subject = await subjects[way](redis.url(), {
    status: (at) => delays.push(now() - at),
    line: () => undefined,
  });
  await write(redis.url(), 'statuses', 1_000, 3_000);
  return { 'status p50 ms': percentile(delays, 50), 'status p99 ms': percentile(delays, 99) };
}

/** A hundred peers write lines while 1,000 commands go out on an absolute schedule. */
async function logs(way: Way, offered: number): Promise<Figures> {
  await using redis = await PrivateRedis.start();
  const delays: number[] = [];
  await using subject = await subjects[way](redis.url(), {
    status: () => undefined,
    line: (at) => delays.push(now() - at),
  });
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const writing = write(redis.url(), 'logs', offered, 4_000);
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
  const inTime = delays.length;
  const used = process.cpuUsage(cpu);
  const took = performance.now() - begun;
  const k = `${offered / 1000}k`;
  return {
    [`lines/s, ${k} offered`]: inTime / (took / 1000),
    [`undelivered %, ${k} offered`]: (100 * (written - inTime)) / written,
    [`line p99 ms, ${k} offered`]: percentile(delays, 99),
    [`command late p50 ms, ${k} offered`]: percentile(late, 50),
    [`command late p99 ms, ${k} offered`]: percentile(late, 99),
    [`CPU % of a core, ${k} offered`]: (used.user + used.system) / 10 / took,
  };
}

/** 200,000 lines that wait already. */
async function backlog(way: Way): Promise<Figures> {
  await using redis = await PrivateRedis.start();
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
  await using _subject = await subjects[way](redis.url(), {
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

const median = (values: readonly number[]): number => percentile(values, 50);

const measures: ((way: Way) => Promise<Figures>)[] = [
  statuses,
  (way) => logs(way, 5_000),
  (way) => logs(way, 20_000),
  (way) => logs(way, 50_000),
  backlog,
];
const rounds = Number(process.argv[2] ?? 3);
const figures: Record<Way, Map<string, number[]>> = { bus: new Map(), plain: new Map() };
for (let round = 0; round < rounds; round++) {
  for (const measure of measures) {
    // Turn and turn about, so that a busy moment of the machine hits both.
    for (const way of round % 2 === 0 ? (['bus', 'plain'] as const) : (['plain', 'bus'] as const)) {
      for (const [name, value] of Object.entries(await measure(way))) {
        figures[way].set(name, [...(figures[way].get(name) ?? []), value]);
      }
    }
  }
}
const rows = [...figures.bus.keys()].map((name) => {
  const [bus, plain] = [median(figures.bus.get(name) ?? []), median(figures.plain.get(name) ?? [])];
  return { figure: name, bus: rounded(bus), plain: rounded(plain), 'bus / plain': rounded(bus / plain) };
});
console.table(rows);

/** Three digits; nothing for what cannot be told, such as a ratio of nothing to nothing. */
function rounded(value: number): number | string {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : '';
}
