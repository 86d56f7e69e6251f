/** `npm run conformance` as it is run: what it says and with what it ends, and that it leaves nothing behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainScript } from '../../clients/conformance/reference-peers.ts';
import { until } from '../../clients/conformance/rig/until.ts';

const MAIN = fileURLToPath(new URL('../../clients/conformance/main.ts', import.meta.url));
const LIMIT_MS = 60_000;

let directory: string;
let script: Awaited<ReturnType<typeof plainScript>>;
beforeAll(async () => {
  script = await plainScript();
  directory = await mkdtemp(join(tmpdir(), 'conformance-test-'));
});
afterAll(async () => {
  await script[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Runs the suite with temporary files in a directory of its own. */
async function start(name: string, ...args: readonly string[]) {
  const temporary = join(directory, name);
  await mkdir(temporary);
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += String(bytes)));
  return {
    child,
    left: async () => (await readdir(temporary)).filter((file) => file.startsWith('tm-')),
    async ended() {
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output };
    },
  };
}

it('a program that ends at once is one finding, with what it wrote', { timeout: LIMIT_MS }, async () => {
  const began = performance.now();
  const run = await start('ends', 'sh', '-c', 'echo "no configuration" >&2; exit 255');
  const { code, output } = await run.ended();
  expect(code).toBe(1);
  expect(output).toMatch(/✖ it never said `started`: it exited with 255 after \d+\.\d s\n/);
  expect(output).toContain('        no configuration\n');
  expect(output.split('\n').length).toBeLessThan(10);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(await run.left()).toEqual([]);
});

it('so is one that does not exist', { timeout: LIMIT_MS }, async () => {
  const { code, output } = await (await start('none', 'no-such-peer')).ended();
  expect(code).toBe(1);
  expect(output).toContain('✖ it never said `started`: it cannot be run\n');
  expect(output).toContain('no-such-peer: no such program');
});

it('so is one that says nothing, as JSON too', { timeout: LIMIT_MS }, async () => {
  const run = await start('silent', '--json', '--timeout', '1', 'sleep', '600');
  const { code, output } = await run.ended();
  expect(code).toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    conforms: false,
    results: [],
    neverStarted: { saw: 'it is running after 1 s' },
  });
});

it('nothing shown is no success', { timeout: LIMIT_MS }, async () => {
  const { code, output } = await (await start('nothing', '--only', 'C-SIGNALS', ...script.command)).ended();
  expect(output).toContain('✖ nothing was shown of what was asked for');
  expect(code).toBe(1);
});

it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind upon %s', { timeout: LIMIT_MS }, async (signal) => {
  const run = await start(signal, '--only', 'P-SHUTDOWN', 'sleep', '600');
  expect(await until(async () => (await run.left()).length > 0, LIMIT_MS / 2)).toBe(true);
  run.child.kill(signal);
  expect((await run.ended()).code).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(await run.left()).toEqual([]);
});
