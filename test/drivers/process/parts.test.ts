import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectProcessHost } from '../../../src/drivers/process/host.ts';
import { membersOf } from '../../../src/drivers/process/observe.ts';
import { parseProcStat } from '../../../src/drivers/process/proc-stat.ts';
import { readProcessTable } from '../../../src/drivers/process/process-table.ts';
import { parsePsTable } from '../../../src/drivers/process/ps-table.ts';
import { readOutput } from '../../../src/drivers/process/read-output.ts';
import { shareNext } from '../../../src/drivers/process/share-next.ts';
import { isRunning, startMark } from '../../../src/drivers/process/start-mark.ts';
import { hostName } from '../../../src/model/names.ts';
import type { HostSpec } from '../../../src/model/spec.ts';
import { labelsOf } from '../../contract/processes-contract.ts';
import { makeRig, never, supervisorOf } from './rig.ts';

/** Real processes and files: on a busy machine they take what they take, and no test here is about how long. */
vi.setConfig({ testTimeout: 60_000 });

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tm-parts-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a line of /proc/<pid>/stat', () => {
  it('is read whatever the program is called', () => {
    const rest = 'S 7 42 41 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 2 3 4';
    const expected = { pid: 43, state: 'S', parent: 7, group: 42, session: 41, startTicks: '987654' };
    for (const name of ['sh', 'a b', ') S 1 2 3', '(', '))', '']) {
      expect(parseProcStat(`43 (${name}) ${rest}\n`)).toEqual(expected);
    }
    for (const none of ['', '43', '43 (sh', 'x (sh) S', '43 (sh) S 1 2 3']) expect(parseProcStat(none)).toBeUndefined();
  });
});

describe('a start mark', () => {
  it('tells this process from any other that gets its pid', async () => {
    const mark = await startMark(process.pid);
    expect(mark).toMatch(/^[0-9a-f]{8}\.\d+$/);
    expect(await startMark(process.pid)).toBe(mark);
    expect(await isRunning(process.pid, mark!)).toBe(true);
    expect(await isRunning(process.pid, '')).toBe(true);
    expect(await isRunning(process.pid, `${mark}0`)).toBe(false);
    expect(await startMark(2 ** 30)).toBeUndefined();
    expect(await isRunning(2 ** 30, '')).toBe(false);
  });
});

describe('what ps prints, where there is no /proc', () => {
  it('is read as the same processes with the same marks', async () => {
    const rig = await makeRig();
    // Seen to be up: before that, its shell may not be there yet.
    const id = await rig.run('alice', 'echo up; while :; do sleep 0.02; done');
    const args = ['axeww', '-o', 'pid=,pgid=,stat=,lstart=,command='];
    const { stdout } = await promisify(execFile)('ps', args, {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      maxBuffer: 1 << 28,
    });
    const seen = parsePsTable(stdout);
    const supervisor = seen.find(({ pid }) => pid === supervisorOf(id));
    expect(supervisor).toMatchObject({
      ...{ group: supervisorOf(id), mark: expect.stringMatching(/^[A-Z][a-z]{2}-[A-Z][a-z]{2}-\d+-[\d:]{8}-\d{4}$/) },
      marks: { labels: labelsOf('alice'), peer: 'alice', directory: join(rig.root, 'tm-alice') },
    });
    const token = supervisor?.marks?.token ?? '';
    expect(membersOf(seen, token).length).toBeGreaterThanOrEqual(2);
    const table = await readProcessTable();
    expect(table.find(({ pid }) => pid === supervisorOf(id))?.marks).toEqual(supervisor?.marks);
    expect(seen.find(({ pid }) => pid === process.pid)?.marks).toBeUndefined();
  });

  it('is no peer of ours without all of its marks, and the dead are left out', () => {
    const line = (state: string, command: string): string =>
      `  12    12 ${state}   Mon Jul  7 12:34:56 2025 ${command}`;
    const marks = 'IO_THE_MULE_TEST=my test IO_THE_MULE_PEER=alice TM_PROCESS=t TM_DELAY_FILE=/d/tm-alice/delay';
    const entry = { pid: 12, group: 12, mark: 'Mon-Jul-7-12:34:56-2025' };
    const marksOf = (text: string) => parsePsTable(text).map(({ marks: found }) => found);
    expect(parsePsTable(`${line('S', 'peer --x')}\n\n`)).toEqual([entry]);
    expect(marksOf(line('Ss', `peer HOME=/ ${marks} LANG=C`))).toMatchObject([
      { token: 't', peer: 'alice', directory: '/d/tm-alice', labels: { test: 'my test' } },
    ]);
    expect(marksOf(line('S', 'peer IO_THE_MULE_TEST=t IO_THE_MULE_PEER=alice'))).toEqual([undefined]);
    expect(marksOf(line('S', 'redis IO_THE_MULE_TEST=t TM_PROCESS=t TM_DELAY_FILE=/d/x/delay'))).toEqual([undefined]);
    expect(parsePsTable(line('Z', `peer ${marks}`))).toEqual([]);
  });
});

describe('the members of a process', () => {
  it('are those with its token, and those in groups and sessions that these lead', () => {
    const marks = { token: 't', labels: labelsOf('alice'), peer: labelsOf('alice').peer!, directory: '/d' };
    const entry = (pid: number, group: number, session: number, marked = false) => ({
      ...{ pid, group, session, mark: `${pid}` },
      ...(marked ? { marks } : {}),
    });
    const table = [
      entry(1, 1, 1),
      entry(10, 10, 10, true),
      entry(11, 10, 10),
      entry(12, 12, 10),
      entry(20, 20, 20, true),
      entry(21, 21, 20),
      // In a group whose leader is gone: only its own mark can tell.
      entry(31, 30, 30, true),
      entry(32, 30, 30),
      { ...entry(40, 40, 40), marks: { ...marks, token: 'other' } },
    ];
    expect(membersOf(table, 't').map(({ pid }) => pid)).toEqual([10, 11, 12, 20, 21, 31]);
  });
});

describe('reading output', () => {
  it('gives the last lines as taking them off the whole would, in any encoding of lengths', async () => {
    const path = join(await temporary(), 'output.log');
    const lines = fc.array(fc.oneof(fc.string({ maxLength: 5 }), fc.constant('ü€𝄞'.repeat(9_000))), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), fc.nat({ max: 14 }), async (texts, isEnded, count) => {
        const clean = texts.map((text) => text.replaceAll('\n', ' '));
        const text = clean.join('\n') + (isEnded && clean.length > 0 ? '\n' : '');
        await writeFile(path, text);
        const whole = Buffer.from(text).toString();
        const split = whole.split(/(?<=\n)/).filter((line) => line !== '');
        let tail = '';
        for await (const piece of readOutput(path, count, never)) tail += piece;
        expect(tail).toBe(count === 0 ? '' : split.slice(-count).join(''));
        let all = '';
        for await (const piece of readOutput(path, undefined, never)) all += piece;
        expect(all).toBe(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('shows bytes that are no text as such, and ends with the signal', async () => {
    const path = join(await temporary(), 'output.log');
    await writeFile(path, Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82]));
    let text = '';
    for await (const piece of readOutput(path, undefined, never)) text += piece;
    expect(text).toBe('a\ufffdb\n\ufffd');
    await writeFile(path, 'x'.repeat(1 << 20));
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _piece of readOutput(path, undefined, controller.signal)) controller.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('sharing readings', () => {
  it('gives nobody a reading that began before it was asked for', async () => {
    let begun = 0;
    const finish: (() => void)[] = [];
    const read = shareNext(async () => {
      begun += 1;
      const reading = begun;
      await new Promise<void>((resolve) => finish.push(resolve));
      if (reading === 2) throw new Error('the second fails');
      return reading;
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const first = [read(), read()];
    await turn();
    const second = [read(), read(), read()].map((one) => one.catch((error: Error) => error.message));
    await turn();
    expect(begun).toBe(1);
    finish[0]!();
    expect(await Promise.all(first)).toEqual([1, 1]);
    await turn();
    const third = read();
    finish[1]!();
    expect(await Promise.all(second)).toEqual(['the second fails', 'the second fails', 'the second fails']);
    await turn();
    finish[2]!();
    expect(await third).toBe(3);
  });
});

describe('the host of local processes', () => {
  const spec: HostSpec = {
    ...{ name: hostName('here'), address: 'localhost', connection: { kind: 'local' }, runtime: { kind: 'process' } },
    ...{ basePort: 21_000, tags: [] },
  };

  it('tells what it is', async () => {
    const directory = await temporary();
    await using host = await connectProcessHost(spec, { directory: join(directory, 'processes') });
    await using again = await connectProcessHost({ ...spec, name: hostName('other') }, { directory });
    expect(host).toMatchObject({
      ...{
        name: 'here',
        description: `processes on ${hostname()}`,
        controlAddress: '127.0.0.1',
        hostAddress: '127.0.0.1',
      },
      engine: expect.stringMatching(/^processes:[0-9a-f]{16}$/),
      platform: { os: process.platform, architecture: process.arch === 'x64' ? 'amd64' : expect.any(String) },
    });
    expect(again.engine).toBe(host.engine);
    expect(host.images).toBeUndefined();
  });

  it('ends its listening when it is closed, and leaves the processes', async () => {
    const rig = await makeRig();
    const id = await rig.run('alice', 'echo up; while :; do sleep 0.02; done');
    const host = await connectProcessHost(spec, { directory: rig.root });
    const exits = await host.containers.exits(never);
    const heard = (async () => {
      for await (const exit of exits) return exit;
      return 'nothing';
    })();
    await host[Symbol.asyncDispose]();
    expect(await heard).toBe('nothing');
    expect(await rig.processes.list(never)).toMatchObject([{ id, state: 'running' }]);
  });
});
