import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from './private-redis.ts';

const entrypoint = fileURLToPath(new URL('../../examples/peer/entrypoint.sh', import.meta.url));

/** The shells of this machine that images have: `sh` of Debian, of Alpine and of Red Hat. */
const SHELLS = [['dash'], ['busybox', 'sh'], ['bash', '--posix']].filter(
  ([program]) => spawnSync('which', [program!]).status === 0,
);

let directory: string;
let delayFile: string;
let runs: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tm-entrypoint-'));
  delayFile = join(directory, 'delay');
  runs = join(directory, 'runs');
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

/** Runs the entrypoint with a program in JavaScript; `DELAY` and `RUNS` are its files. */
function run(
  shell: readonly string[],
  script: string,
): { readonly child: ChildProcess; readonly ended: Promise<unknown[]> } {
  const [program, ...words] = shell;
  const child = spawn(program!, [...words, entrypoint, process.execPath, '-e', script, 'an argument'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'], TM_DELAY_FILE: delayFile, RUNS: runs },
  });
  started.push(child);
  return { child, ended: once(child, 'exit') };
}

/** Notes the run, and gives its number from 1. */
const NOTE = `const fs = require('fs'); fs.appendFileSync(process.env.RUNS, 'x'); const n = fs.readFileSync(process.env.RUNS).length;`;
const hasRun = (times: number) => async () => existsSync(runs) && (await readFile(runs, 'utf8')).length >= times;

it('is tried with a shell at all', () => {
  expect(SHELLS.length).toBeGreaterThan(0);
});

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('in $name', ({ shell }) => {
  it.each([0, 1, 3, 127, 143])('passes exit code %d on', async (code) => {
    const { ended } = run(shell, `process.exit(${code})`);
    expect(await ended).toEqual([code, null]);
  });

  it('hands the arguments over as they are', async () => {
    expect(await run(shell, `process.exit(process.argv[1] === 'an argument' ? 7 : 1)`).ended).toEqual([7, null]);
  });

  it('on 42 sleeps the delay and runs it again, as often as it asks', async () => {
    const script = `${NOTE} if (n === 3) process.exit(5); fs.writeFileSync(process.env.TM_DELAY_FILE, n === 1 ? '1' : '0\\n'); process.exit(42);`;
    const began = performance.now();
    expect(await run(shell, script).ended).toEqual([5, null]);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(await readFile(runs, 'utf8')).toBe('xxx');
  });

  it.each(['', 'soon', '-5', '1;touch hacked'])(
    'takes the delay "%s" for 0, and an old one for none',
    async (delay) => {
      await writeFile(delayFile, '600');
      const script = `${NOTE} if (n === 1) { if (fs.existsSync(process.env.TM_DELAY_FILE)) process.exit(9); fs.writeFileSync(process.env.TM_DELAY_FILE, ${JSON.stringify(delay)}); } process.exit(n === 3 ? 5 : 42);`;
      expect(await run(shell, script).ended).toEqual([5, null]);
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'passes %s on, waits for the peer, and gives its exit code',
    async (signal) => {
      const script = `process.on('${signal}', () => setTimeout(() => process.exit(11), 100)); ${NOTE} setInterval(() => {}, 1000);`;
      const { child, ended } = run(shell, script);
      await until('it runs', hasRun(1));
      child.kill(signal);
      expect(await ended).toEqual([11, null]);
    },
  );

  it('gives the code of the signal where the peer has no handler', async () => {
    const { child, ended } = run(shell, `${NOTE} setInterval(() => {}, 1000);`);
    await until('it runs', hasRun(1));
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  it('survives many signals while the peer takes its time', async () => {
    const script = `process.on('SIGTERM', () => {}); ${NOTE} setTimeout(() => process.exit(12), 1500);`;
    const { child, ended } = run(shell, script);
    await until('it runs', hasRun(1));
    // Not up to its end: bash (5.2) forgets the code of a child that ends in the very moment of a trapped signal.
    let left = 50;
    const storm = setInterval(() => (left-- > 0 ? child.kill('SIGTERM') : clearInterval(storm)), 10);
    try {
      expect(await ended).toEqual([12, null]);
    } finally {
      clearInterval(storm);
    }
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends the sleep before a restart', async (signal, code) => {
    const script = `${NOTE} fs.writeFileSync(process.env.TM_DELAY_FILE, '600'); process.exit(42);`;
    const { child, ended } = run(shell, script);
    await until('the peer has ended', async () => existsSync(delayFile) && !(await hasChildRunning(child, 'node')));
    await until('it sleeps', () => hasChildRunning(child, 'sleep'));
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(await readFile(runs, 'utf8')).toBe('x');
  });

  it('a peer that asks for a restart while it is being stopped is not run again', async () => {
    const script = `process.on('SIGTERM', () => process.exit(42)); ${NOTE} setInterval(() => {}, 1000);`;
    const { child, ended } = run(shell, script);
    await until('it runs', hasRun(1));
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
    expect(await readFile(runs, 'utf8')).toBe('x');
  });
});

async function hasChildRunning(parent: ChildProcess, name: string): Promise<boolean> {
  const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').catch(() => '');
  for (const pid of children.trim().split(' ').filter(Boolean)) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(name)) return true;
  }
  return false;
}
