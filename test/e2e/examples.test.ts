import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../testbed/run-command.ts';
import { type Bench, everythingOurs, exampleOnBed, startBenchWithReferencePeer } from './harness.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');

let bench: Bench;

beforeAll(async () => {
  bench = await startBenchWithReferencePeer(3);
});

afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

const onBed = (name: string): Promise<string> => exampleOnBed(bench, name);

describe('every example', () => {
  test('is known to this suite', async () => {
    expect((await readdir(EXAMPLES)).filter((file) => file.endsWith('.yaml')).sort()).toEqual([
      'broken.yaml',
      'expectations.yaml',
      // In four-languages.test.ts.
      'five-peers-four-languages.yaml',
      'five-peers-one-host.yaml',
      'five-peers-three-hosts.yaml',
      'local-5peer.yaml',
      'matrix-local.yaml',
      'one-peer.yaml',
      'starter.yaml',
      'unmet.yaml',
    ]);
  });

  test.each([
    'expectations.yaml',
    'local-5peer.yaml',
    'matrix-local.yaml',
    'one-peer.yaml',
    'five-peers-one-host.yaml',
    'five-peers-three-hosts.yaml',
    'starter.yaml',
  ])('%s passes and leaves nothing behind', async (name) => {
    const { code, stdout, stderr } = await bench.tm(await onBed(name));
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/passed after/);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });

  test('broken.yaml shows its six mistakes with carets, and touches nothing', async () => {
    const broken = await onBed('broken.yaml');
    const before = await readdir(bench.dir);
    for (const command of [['validate'], ['plan'], ['apply'], []]) {
      const { code, stdout, stderr } = await bench.tm(...command, broken);
      expect(code).toBe(3);
      expect((stdout + stderr).match(/^ +│ +\^+/gm)).toHaveLength(6);
      expect(stdout + stderr).toContain('6 faults, nothing was touched');
    }
    expect(await readdir(bench.dir)).toEqual(before);
  });

  test('tm init writes a file that runs as it is; it does not write over one', async () => {
    expect(await bench.tm('init', 'mine.yaml')).toMatchObject({ code: 0 });
    expect(await bench.tm('init', 'mine.yaml')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('is there already'),
    });
    const { code, stdout, stderr } = await bench.tm('mine.yaml');
    expect(code, stdout + stderr).toBe(0);
  });

  test('a reader that goes away in the middle takes nothing with it: the run ends and cleans up', async () => {
    const tm = `${process.execPath} ${join(ROOT, 'dist/tm.js')} ${await onBed('starter.yaml')}`;
    const piped = await runCommand('bash', ['-c', `${tm} 2>&1 | head -2; echo "tm ended with ${'$'}{PIPESTATUS[0]}"`], {
      cwd: bench.dir,
    });
    expect(piped).toContain('tm ended with 0');
    const runs = join(bench.dir, '.tm', 'starter', 'runs');
    const last = (await readdir(runs)).sort().at(-1) ?? '';
    expect(await readFile(join(runs, last, 'events.ndjson'), 'utf8')).toMatch(/"type":"run-ended","exitCode":0/);
  });

  test('what could not be written for want of space shows in the exit code', async () => {
    const tm = `${process.execPath} ${join(ROOT, 'dist/tm.js')}`;
    expect(await runCommand('bash', ['-c', `${tm} schema >/dev/full 2>/dev/null; echo $?`])).toBe('1\n');
  });
});
