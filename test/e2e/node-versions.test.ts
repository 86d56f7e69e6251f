import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cacheDir } from '../testbed/cache-dir.ts';
import { runCommand } from '../testbed/run-command.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tm-node-'));
});

afterAll(() => rm(dir, { recursive: true }));

/** A real binary of a major version of Node, from its npm package; kept in the cache. */
async function nodeBinary(major: number): Promise<string> {
  const home = join(cacheDir(), 'node', String(major));
  const binary = join(home, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (!existsSync(binary)) {
    await mkdir(home, { recursive: true });
    const install = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', home];
    await runCommand('npm', [...install, `node-linux-${process.arch}@${major}`], {
      env: process.env,
      timeoutMs: 120_000,
    });
  }
  return binary;
}

test.each([22, 24, 26])('a whole test passes under Node %i, as it does under the one that runs this', async (major) => {
  const node = await nodeBinary(major);
  const env = { ...process.env, PATH: [dirname(node), process.env['PATH']].join(delimiter), NO_COLOR: '1' };
  expect(await runCommand(node, ['--version'])).toMatch(new RegExp(`^v${major}\\.`));
  const tm = [join(ROOT, 'dist', 'tm.js'), join(ROOT, 'examples', 'starter.yaml')];
  expect(await runCommand(node, tm, { cwd: dir, env, timeoutMs: 60_000 })).toMatch(/passed after/);
});
