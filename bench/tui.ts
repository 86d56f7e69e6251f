/**
 * What the TUI costs a run: how late its commands leave with `tm apply --tui`, and with `tm watch --tui` beside it, against a plain `tm apply`
 * on a terminal of the same size; and whether the watcher heard of every log line. `npx tsx bench/tui.ts [rounds] [lines a second…]`
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TmEvent } from '../src/model/event.ts';
import { freePort } from '../test/contract/redis-server-private.ts';
import { until } from '../test/testbed/until.ts';

const PEERS = 200;
const COMMANDS = 600;
/** Milliseconds between two commands. */
const EVERY = 10;
const TM = `${process.execPath} ${resolve(import.meta.dirname, '../dist/tm.js')}`;

type Way = 'plain' | 'watched' | 'tui';
const WAYS: readonly Way[] = ['plain', 'watched', 'tui'];
type Figures = Readonly<Record<string, number>>;

const [rounds = 3, ...asked] = process.argv.slice(2).map(Number);
const rates = asked.length > 0 ? asked : [0, 5_000, 20_000];
let measured = 0;
const directory = await mkdtemp(join(tmpdir(), 'tm-bench-tui-'));
const figures = new Map<string, Record<Way, number[]>>();
try {
  for (let round = 0; round < rounds; round++)
    // Turn and turn about, so that a busy moment of the machine hits all.
    for (const rate of rates)
      for (const way of [...WAYS.slice(round % 3), ...WAYS.slice(0, round % 3)])
        for (const [name, value] of Object.entries(await measure(way, rate))) {
          console.error(`round ${round + 1}: ${way}, ${rate} lines/s, ${name}: ${rounded(value)}`);
          const row = figures.get(`${name}, ${rate} lines/s`) ?? { plain: [], watched: [], tui: [] };
          row[way].push(value);
          figures.set(`${name}, ${rate} lines/s`, row);
        }
} finally {
  await rm(directory, { recursive: true, force: true });
}
console.table(
  [...figures].map(([figure, row]) => {
    const [plain, watched, tui] = WAYS.map((way) => percentile(row[way], 50)) as [number, number, number];
    const ratio = (value: number) => rounded(value / plain);
    return {
      figure,
      plain: rounded(plain),
      watched: rounded(watched),
      tui: rounded(tui),
      'watched / plain': ratio(watched),
      'tui / plain': ratio(tui),
    };
  }),
);

async function measure(way: Way, rate: number): Promise<Figures> {
  // Each run is a test of its own, so that there is one journal to find.
  const name = `${way}-${rate}-${++measured}`;
  const config = join(directory, `${name}.yaml`);
  await writeFile(config, yamlOf(name, rate, await freePort()));
  const run = onTerminal(`${TM} ${config}${way === 'tui' ? ' --tui' : ''}`);
  const runs = join(directory, '.tm', name, 'runs');
  const journal = async (): Promise<string> =>
    readFile(join(runs, (await readdir(runs)).sort().at(-1) ?? '', 'events.ndjson'), 'utf8');
  let heard: Promise<number> | undefined;
  if (way === 'watched') {
    await until(async () => (await journal()).includes('"bus-ready"'), { what: 'the run', timeoutMs: 60_000 });
    heard = watch(config);
  }
  const code = await run.done;
  const lines = (await journal()).trimEnd().split('\n');
  if (code !== 0) throw new Error(`exit ${code}: ${lines.at(-2)}\n${run.text().slice(-2000)}`);
  const events = lines.map((line) => JSON.parse(line) as TmEvent);
  const late = events.flatMap((event) => (event.type === 'command-sent' ? [event.sentMs - event.dueMs] : []));
  const written = events.filter(({ type }) => type === 'log').length;
  if (late.length !== COMMANDS) throw new Error(`${late.length} commands were sent`);
  return {
    'command late p50 ms': percentile(late, 50),
    'command late p99 ms': percentile(late, 99),
    ...(heard === undefined ? {} : { 'lines not heard by the watcher': written - (await heard) }),
  };
}

/** Watches to the end, and gives how many log lines the screen says that it heard of. */
async function watch(config: string): Promise<number> {
  const terminal = onTerminal(`${TM} watch ${config} --tui --level trace`);
  await until(() => terminal.text().includes('the run has ended'), {
    what: 'the end',
    timeoutMs: 120_000,
    everyMs: 200,
  });
  terminal.type('q');
  await terminal.done;
  const counts = [...terminal.text().matchAll(/Log \d+ of (?:(\d+) lines|the last \d+ lines, (\d+) in all)/g)];
  const [, few, many] = counts.at(-1) ?? [];
  return Number(few ?? many);
}

function yamlOf(name: string, rate: number, port: number): string {
  const peers = Array.from({ length: PEERS }, (_, i) => `peer-${String(i).padStart(3, '0')}`);
  const program = fileURLToPath(new URL('./tui-peers.ts', import.meta.url));
  const all = [process.execPath, '--import', import.meta.resolve('tsx'), program, String(rate), ...peers];
  return `
name: ${name}
redis: { runtime: process, port: ${port} }
hosts:
  - { name: here, address: localhost, runtime: process, base_port: 21000 }
peers:
${peers.map((peer, i) => `  - { name: ${peer}, command: ${JSON.stringify(i === 0 ? all : ['sleep', '600'])} }`).join('\n')}
commands:
${Array.from({ length: COMMANDS }, (_, i) => `  - { time: ${(i * EVERY) / 1000}, peer: ${peers[i % PEERS]}, command: ${i % 400 < 200 ? 'connect' : 'disconnect'} }`).join('\n')}
`;
}

interface Terminal {
  readonly done: Promise<number | null>;
  /** All that was written. */
  text(): string;
  type(keys: string): void;
}

/** A command on a pseudo-terminal of 200 × 60 (`script` of util-linux). */
function onTerminal(command: string): Terminal {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const child: ChildProcess = spawn('script', ['-qec', `stty rows 60 cols 200; ${command}`, '/dev/null'], {
    cwd: directory,
    env: { ...inherited, TERM: 'xterm-256color', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return {
    done: new Promise((settle, reject) => child.on('error', reject).on('close', settle)),
    text: () => text,
    type: (keys) => void child.stdin?.write(keys),
  };
}

function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
}

/** Three digits; nothing for what cannot be told. */
function rounded(value: number): number | string {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : '';
}
