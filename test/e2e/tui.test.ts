/** `--tui` on a real terminal: `script` (util-linux) gives `tm` a pseudo-terminal, and `stty` says how it was left. Peers are processes. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../testbed/until.ts';

const DIST = resolve(import.meta.dirname, '../../dist');
const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';

let dir: string;
let config: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tm-tui-'));
  config = join(dir, 'tui.yaml');
  const peer = JSON.stringify([process.execPath, join(DIST, 'reference-peer.js')]);
  await writeFile(
    config,
    `
name: tui
redis: { runtime: process, port: 7457 }
hosts:
  - { name: here, address: localhost, runtime: process, base_port: 12900 }
peers:
  - { name: alice, command: ${peer} }
  - { name: bob, command: ${peer}, bootstrap: [alice] }
commands:
  - { time: 0, peer: alice, command: connect }
  - { time: 0, peer: bob, command: connect }
  - { time: 2, peer: alice, command: push|bob|hello }
  - { time: 60, peer: bob, command: pull }
`,
  );
});

afterAll(async () => {
  await onTerminal(`${tm()} destroy ${config}`).done;
  await rm(dir, { recursive: true, force: true });
});

const tm = (dist = DIST): string => `${process.execPath} ${join(dist, 'tm.js')}`;

interface Terminal {
  /** What `tm` and, behind it, `stty` wrote, when all is over. */
  readonly done: Promise<string>;
  text(): string;
  type(keys: string): void;
  shows(pattern: RegExp): Promise<unknown>;
}

/**
 * Runs a shell command on a terminal of its own; behind it the shell says its exit code and the terminal's settings.
 * Ctrl-C reaches the shell as well as `tm`: without the trap it would go too, sometimes.
 */
function onTerminal(command: string): Terminal {
  const line = `trap : INT; stty rows 30 cols 100; ${command}; echo "exit $?"; stty -a`;
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, TERM: 'xterm-256color', NO_COLOR: '1' };
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: dir, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const done = new Promise<string>((settle, reject) => {
    child.on('error', reject);
    child.on('close', () => settle(text));
  });
  return {
    done,
    text: () => text,
    type: (keys) => void child.stdin.write(keys),
    shows: (pattern) =>
      until(() => pattern.test(text), { what: String(pattern), timeoutMs: 30_000 }).catch((cause) => {
        throw new Error(`the terminal shows\n${text}`, { cause });
      }),
  };
}

/** All that was taken of the terminal was given back, in this order, before the last words. */
function expectGivenBack(text: string): void {
  const end = text.slice(text.lastIndexOf(LEAVE));
  expect(text.split(ENTER)).toHaveLength(2);
  expect(text.split(LEAVE)).toHaveLength(2);
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
  expect(text.lastIndexOf('\u001b[?7h')).toBeGreaterThan(text.lastIndexOf('\u001b[?7l'));
  expect(end).toMatch(/(?<!-)icanon/);
  expect(end).toMatch(/(?<!-)isig/);
  expect(end).toMatch(/(?<!-)echo /);
  // Nothing is drawn on a screen that is no longer ours.
  expect(end).not.toContain('\u001b[2K');
}

describe('the terminal is given back', () => {
  test('after q, with the verdict below', async () => {
    const terminal = onTerminal(`${tm()} ${config} --tui`);
    await terminal.shows(/bob[^\n]*connected/);
    terminal.type('q');
    const text = await terminal.done;
    expectGivenBack(text);
    expect(text.slice(text.lastIndexOf(LEAVE))).toMatch(/interrupted by q[\s\S]*exit 130/);
  });

  test('after SIGTERM, when all is cleaned up', async () => {
    const terminal = onTerminal(`sh -c 'echo "pid $$."; exec ${tm()} ${config} --tui'`);
    await terminal.shows(/bob[^\n]*connected/);
    process.kill(Number(/pid (\d+)\./.exec(terminal.text())?.[1]), 'SIGTERM');
    const text = await terminal.done;
    expectGivenBack(text);
    expect(text.slice(text.lastIndexOf(LEAVE))).toMatch(/interrupted by SIGTERM[\s\S]*exit 143/);
  });

  test('at once with the second Ctrl-C, which says what to do', async () => {
    const terminal = onTerminal(`${tm()} ${config} --tui`);
    await terminal.shows(/bob[^\n]*connected/);
    terminal.type('\u0003\u0003');
    const text = await terminal.done;
    expectGivenBack(text);
    expect(text.slice(text.lastIndexOf(LEAVE))).toMatch(
      /SIGINT again, leaving at once[\s\S]*tm destroy[\s\S]*exit 130/,
    );
    expect(await onTerminal(`${tm()} destroy ${config}`).done).toContain('exit 0');
  });

  test('where the screen breaks down; the run goes on in lines', async () => {
    const broken = join(dir, 'broken');
    await cp(DIST, broken, { recursive: true });
    await writeFile(join(broken, 'tm', 'draw-worker.js'), "throw new Error('no ink');\n");
    const terminal = onTerminal(`${tm(broken)} ${config} --tui`);
    await terminal.shows(/bob +◂ connected/);
    terminal.type('\u0003');
    const text = await terminal.done;
    expect(text).toContain('the screen cannot be drawn (no ink); lines follow');
    expect(text).toMatch(/interrupted by SIGINT[\s\S]*exit 130/);
    expect(text.slice(text.lastIndexOf('exit 130'))).toMatch(/(?<!-)icanon/);
  });
});

test('without a terminal lines are shown, after a sentence that says so', async () => {
  const child = spawn(process.execPath, [join(DIST, 'tm.js'), config, '--tui'], {
    cwd: dir,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part;
  });
  await until(() => /bob +◂ connected/.test(text), { what: 'lines', timeoutMs: 30_000 });
  child.kill('SIGINT');
  await new Promise((settle) => child.once('close', settle));
  expect(errors).toContain('tm: there is no terminal for --tui; lines follow');
  expect(text).not.toContain(ENTER);
});
