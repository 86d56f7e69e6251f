import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppendFile } from '../../../src/drivers/store/append-file.ts';
import { createFileStores } from '../../../src/drivers/store/stores.ts';
import { TmError } from '../../../src/model/fault.ts';
import { fileNameOf, peerName, runId, testName } from '../../../src/model/names.ts';
import { holder, stateOf } from '../../contract/store-contract.ts';
import type { Told } from './append-within-limit.ts';

let directory: string;
const smoke = testName('smoke');
const open = (test = smoke) => createFileStores(directory).open(test);

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'tm-files-')), '.tm');
});

afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true, force: true });
});

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TmError)) throw new Error(`no TmError but ${String(error)}`);
  const { message, hint } = error.fault;
  return `${message}\nhint: ${hint}`.replaceAll(directory, '.tm');
}

describe('file store', () => {
  it('lets nobody else read anything', async () => {
    const before = process.umask(0);
    try {
      await open().writeState(stateOf('smoke'));
      await open().lock(holder('smoke-1'));
      await using run = await open().openRun(runId('smoke-1'));
      await run.journal(['{}']);
      await run.log('text\n');
      await run.containerLog(peerName('alice'), (async function* () {})(), 100);
      await run.write('plan.json', '{}');
    } finally {
      process.umask(before);
    }
    const modes: string[] = [];
    for (const entry of await readdir(directory, { recursive: true })) {
      const { mode } = await stat(join(directory, entry));
      modes.push(`${(mode & 0o7777).toString(8)} ${entry}`);
    }
    modes.push(`${((await stat(directory)).mode & 0o7777).toString(8)} .tm`);
    expect(modes.sort()).toEqual([
      '600 smoke/lock',
      '600 smoke/runs/smoke-1/containers/alice.log',
      '600 smoke/runs/smoke-1/events.ndjson',
      '600 smoke/runs/smoke-1/plan.json',
      '600 smoke/runs/smoke-1/run.log',
      '600 smoke/state.json',
      '600 smoke/test',
      '700 .tm',
      '700 smoke',
      '700 smoke/runs',
      '700 smoke/runs/smoke-1',
      '700 smoke/runs/smoke-1/containers',
    ]);
  });

  it('makes nothing until something is written', async () => {
    await open().readState();
    await open().clearState();
    await createFileStores(directory).known();
    await expect(stat(directory)).rejects.toThrow('ENOENT');
  });

  it('takes a longer directory name where another test has the short one, and says so in its path', async () => {
    const first = open(testName('a b'));
    const second = open(testName('a-b'));
    await first.writeState(stateOf('a b'));
    await second.writeState(stateOf('a-b'));
    expect([first.path, second.path].map((path) => path.slice(directory.length))).toEqual([
      '/a-b',
      expect.stringMatching(/^\/a-b-[0-9a-f]{6}$/),
    ]);
    // The short name coming free does not make the second lose its memory.
    await rm(join(directory, 'a-b'), { recursive: true });
    expect((await open(testName('a-b')).readState())?.test).toBe('a-b');
  });

  it('gives tests that claim one name at once a name each', async () => {
    const names = ['x y', 'x-y', 'x/y'].map(testName);
    await Promise.all(names.map((test) => open(test).writeState(stateOf(test))));
    for (const test of names) expect((await open(test).readState())?.test).toBe(test);
  });

  it('reports a state that it cannot use, from every way to read it', async () => {
    await open().writeState(stateOf('smoke'));
    const path = join(directory, 'smoke', 'state.json');
    const whole = await readFile(path, 'utf8');
    const without = (member: string): string => JSON.stringify({ ...JSON.parse(whole), [member]: undefined });
    const faults: Record<string, string> = {};
    const broken = {
      torn: whole.slice(0, 40),
      empty: '',
      'a list': '[]',
      'version 2': whole.replace('"version": 1', '"version": 2'),
      'no version': without('version'),
      'no hosts': without('hosts'),
      'hosts without addresses': JSON.stringify({ ...JSON.parse(whole), hosts: [{ name: 'h' }] }),
      'another test': whole.replace('"test": "smoke"', '"test": "fire"'),
    };
    for (const [what, text] of Object.entries(broken)) {
      await writeFile(path, text);
      faults[what] = await faultOf(open().readState());
      const told: string[] = [];
      await createFileStores(directory).known(({ message, hint }) =>
        told.push(`${message}\nhint: ${hint}`.replaceAll(directory, '.tm')),
      );
      if (what !== 'another test') expect(told).toEqual([faults[what]]);
    }
    expect(faults).toMatchInlineSnapshot(`
      {
        "a list": ".tm/smoke/state.json cannot be used: it holds no versioned state
      hint: run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed",
        "another test": ".tm/smoke/state.json belongs to the test "fire", not to "smoke"
      hint: if it was copied there, remove it: rm '.tm/smoke/state.json'",
        "empty": ".tm/smoke/state.json cannot be used: it is not whole JSON
      hint: run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed",
        "hosts without addresses": ".tm/smoke/state.json cannot be used: its "hosts" is missing or of the wrong type
      hint: run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed",
        "no hosts": ".tm/smoke/state.json cannot be used: its "hosts" is missing or of the wrong type
      hint: run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed",
        "no version": ".tm/smoke/state.json cannot be used: it holds no versioned state
      hint: run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed",
        "torn": ".tm/smoke/state.json cannot be used: it is not whole JSON
      hint: run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed",
        "version 2": ".tm/smoke/state.json has version 2, and this tm reads version 1
      hint: use the tm that wrote it, or run: tm destroy <config>, which removes it",
      }
    `);
  });

  it('goes on without a state that it cannot use: the other tests are known all the same', async () => {
    await open().writeState(stateOf('smoke'));
    await open(testName('fire')).writeState(stateOf('fire'));
    await writeFile(join(directory, 'smoke', 'state.json'), '{');
    expect((await createFileStores(directory).known()).map(({ test }) => test)).toEqual(['fire']);
    await open().clearState();
    expect(await open().readState()).toBeUndefined();
  });

  it('takes the longest name in any letters', async () => {
    for (const letter of ['x', 'ü', '三', '𝒳', 'a😀']) {
      const test = testName(letter.repeat(200));
      const store = open(test);
      await store.writeState(stateOf(test));
      await store.lock(holder('run'));
      await using run = await store.openRun(runId(`${fileNameOf(test)}-2026-11-23-16-33-03-12`));
      await run.journal(['{}']);
      expect((await store.readState())?.test).toBe(test);
    }
  });

  it('replaces the state whole: a reader never sees a part of it, and a crash’s draft goes with it', async () => {
    const store = open();
    await store.writeState(stateOf('smoke'));
    let writing = true;
    const writes = (async () => {
      for (let n = 0; n < 40; n++) {
        await store.writeState(stateOf('smoke', { images: Array.from({ length: n * 50 }, (_, i) => `image:${i}`) }));
      }
      writing = false;
    })();
    let reads = 0;
    for (; writing; reads++) expect((await open().readState())?.test).toBe('smoke');
    await writes;
    expect(reads).toBeGreaterThan(10);
    await writeFile(join(directory, 'smoke', 'state.json.1234.draft'), 'a secret');
    await store.clearState();
    expect(await readdir(join(directory, 'smoke'))).toEqual(['test']);
  });

  it('cuts off the line that a crash tore, and goes on after the last whole one', async () => {
    const run = await open().openRun(runId('smoke-1'));
    await run.journal(['{"seq":1}', '{"seq":2}', '{"seq":3,"text":"ü"}']);
    await run[Symbol.asyncDispose]();
    const path = join(directory, 'smoke/runs/smoke-1/events.ndjson');
    const whole = await readFile(path);
    for (let cut = 1; cut < 16; cut++) {
      await writeFile(path, whole);
      await truncate(path, whole.length - cut);
      await using again = await open().openRun(runId('smoke-1'));
      expect(again.events).toBe(2);
      await again.journal(['{"seq":3}']);
      expect(await readFile(path, 'utf8')).toBe('{"seq":1}\n{"seq":2}\n{"seq":3}\n');
    }
  });

  it('ends a torn line of the log rather than losing it', async () => {
    const run = await open().openRun(runId('smoke-1'));
    await run.log('begun');
    await run[Symbol.asyncDispose]();
    await using again = await open().openRun(runId('smoke-1'));
    await again.log('resumed\n');
    expect(await readFile(join(directory, 'smoke/runs/smoke-1/run.log'), 'utf8')).toBe('begun\nresumed\n');
  });

  it('counts a long journal', async () => {
    const path = join(directory, 'smoke/runs/smoke-1/events.ndjson');
    await mkdir(join(path, '..'), { recursive: true });
    for (let i = 0; i < 3; i++) await appendFile(path, `{"text":"${'x'.repeat(99)}"}\n`.repeat(10_000));
    await using run = await open().openRun(runId('smoke-1'));
    expect(run.events).toBe(30_000);
  });

  it('says what failed and what to try', async () => {
    await mkdir(join(directory, '..'), { recursive: true });
    await writeFile(directory, 'no directory');
    expect(await faultOf(open().writeState(stateOf('smoke')))).toMatchInlineSnapshot(`
      "cannot make a directory for the test "smoke" in .tm: not a directory
      hint: something that is no directory stands in its place: move it away"
    `);
    expect(await faultOf(createFileStores(directory).known())).toMatchInlineSnapshot(`
      "cannot read .tm: not a directory
      hint: something that is no directory stands in its place: move it away"
    `);
    await rm(directory);
    await mkdir(join(directory, 'smoke', 'state.json'), { recursive: true });
    expect(await faultOf(open().writeState(stateOf('smoke')))).toMatchInlineSnapshot(`
      "cannot write .tm/smoke/state.json: illegal operation on a directory
      hint: a directory stands in its place: move it away"
    `);
    await mkdir(join(directory, 'smoke', 'runs', 'smoke-1', 'run.log'), { recursive: true });
    expect(await faultOf(open().openRun(runId('smoke-1')))).toMatchInlineSnapshot(`
      "cannot open .tm/smoke/runs/smoke-1/run.log: illegal operation on a directory
      hint: a directory stands in its place: move it away"
    `);
  });

  it('refuses to write after it was closed', async () => {
    const run = await open().openRun(runId('smoke-1'));
    const last = run.journal(['{"seq":1}']);
    await run[Symbol.asyncDispose]();
    await last;
    await expect(run.journal(['{"seq":2}'])).rejects.toThrow('events.ndjson: it is closed');
    expect(await readFile(join(directory, 'smoke/runs/smoke-1/events.ndjson'), 'utf8')).toBe('{"seq":1}\n');
  });
});

describe('append file', () => {
  it('writes what came in one turn, or during a write, at once', async () => {
    await mkdir(directory, { recursive: true });
    const path = join(directory, 'file');
    await using file = await AppendFile.open(path, 'file', 'cut');
    const texts = Array.from({ length: 3_000 }, (_, n) => `line ${n}\n`);
    const sizes = new Set<number>();
    await Promise.all(
      texts.map(async (text, n) => {
        if (n % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
        await file.append(text);
        sizes.add((await stat(path)).size);
      }),
    );
    expect([...(await readFile(path, 'utf8')).split('\n')].sort()).toEqual([...texts.map((t) => t.trim()), ''].sort());
    expect(sizes.size).toBeLessThan(8);
  });

  it('takes a failed write back, tells those who wait for it, and goes on', async () => {
    await mkdir(directory, { recursive: true });
    const entry = join(import.meta.dirname, 'append-within-limit.ts');
    const outfile = join(directory, 'append.mjs');
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
    // No file may grow over 2 blocks of 512 bytes: a write over that is done in part, and its rest fails.
    const path = join(directory, 'file');
    const { stdout } = await execa('sh', ['-c', 'ulimit -f 2; exec "$@"', 'sh', process.execPath, outfile, path]);
    expect(JSON.parse(stdout)).toEqual<Told[]>([
      'written, 600 bytes',
      'cannot write the file: file too large, 600 bytes',
      'cannot write the file: file too large, 600 bytes',
      'written, 1000 bytes',
    ]);
    expect(await readFile(path, 'utf8')).toBe(`${'a'.repeat(600)}${'d'.repeat(400)}`);
  });
});
