import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { reportCommand } from '../../../src/cli/commands/report.ts';
import { parseCommandLine } from '../../../src/cli/input/args.ts';
import type { TmEvent } from '../../../src/model/event.ts';
import { readRun, writeReports } from '../../../src/views/report/reports.ts';
import { fakeTerminal } from '../../views/fake-terminal.ts';
import { expects } from '../../views/scenarios.ts';

const FILES = ['report.html', 'junit.xml', 'report.json'] as const;
let run = '';

beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'tm-report-'));
  onTestFinished(() => rm(run, { recursive: true }));
});

const journal = (events: readonly TmEvent[], more = ''): Promise<void> =>
  writeFile(join(run, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join('') + more);

async function report(...words: readonly string[]): Promise<readonly string[]> {
  const stdout = fakeTerminal({ isTTY: false });
  const context = { stdout, stderr: fakeTerminal(), unicode: true, environment: {} };
  expect(await reportCommand(parseCommandLine(['report', run, ...words], {}), context)).toBe(0);
  return stdout.raw().trimEnd().split('\n');
}

const contents = async (directory: string) =>
  Object.fromEntries(
    await Promise.all(FILES.map(async (file) => [file, await readFile(join(directory, file), 'utf8')])),
  );

describe('tm report', () => {
  test('writes what the journal says, byte for byte, however often', async () => {
    await journal(expects());
    await report();
    const first = await contents(run);
    expect(first).toEqual(writeReports(await readRun(expects())));
    await report();
    expect(await contents(run)).toEqual(first);
  });

  test('writes the same into another directory, and prints where', async () => {
    await journal(expects());
    await report();
    const output = join(run, 'a', 'b');
    const printed = await report('--output', output);
    expect(printed.map((path) => path.split('/').at(-1))).toEqual(FILES);
    expect(await contents(output)).toEqual(await contents(run));
  });

  test('passes over a line that a crash cut short, and over events of a newer tm', async () => {
    await journal(expects(), '{"seq":1,"atMs":2,"time":"x","type":"from-tomorrow"}\n{"seq":12,"ty');
    await report();
    expect(await contents(run)).toEqual(writeReports(await readRun(expects())));
  });

  test('says so where the journal holds no run', async () => {
    await journal([]);
    await expect(report()).rejects.toThrow('holds no run');
  });

  test('says so where it cannot write', async () => {
    await journal(expects());
    await expect(report('--output', join(run, 'events.ndjson', 'x'))).rejects.toThrow(/^cannot write .*report\.html: /);
  });
});
