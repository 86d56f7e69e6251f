import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileArchive } from '../../../src/drivers/store/archive.ts';
import type { Archive } from '../../../src/ports/archive.ts';

const RUN = 'smoke-2026-02-01-00-00-00';
let directory: string;
let archive: Archive;

/** Makes the directory of a run by hand, with this journal. */
async function keep(test: string, run: string, journal: string): Promise<string> {
  const path = join(directory, test, 'runs', run);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'events.ndjson'), journal);
  return path;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tm-archive-'));
  archive = createFileArchive(directory);
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('an archive of files', () => {
  it('shows what is there, whatever else is there', async () => {
    await keep('smoke', RUN, '{}\n');
    await mkdir(join(directory, 'smoke', 'runs', 'empty'));
    await mkdir(join(directory, 'processes'));
    await writeFile(join(directory, 'smoke', 'state.json'), '{ torn');
    await writeFile(join(directory, 'smoke', 'runs', 'notes.txt'), '');
    await mkdir(join(directory, 'fire'));
    await writeFile(join(directory, 'fire', 'runs'), 'no directory');
    expect((await archive.runs()).map(({ run }) => run)).toEqual([RUN]);
  });

  it('finds a run that lies elsewhere, a copy of a CI job’s, say', async () => {
    const path = await keep('smoke', RUN, '{}\n');
    const elsewhere = createFileArchive(join(directory, 'nowhere'));
    expect(await elsewhere.find(path)).toEqual({ run: RUN, path });
    expect(await elsewhere.find(`${path}/events.ndjson`)).toEqual({ run: RUN, path });
    await expect(elsewhere.find(join(path, 'containers'))).rejects.toThrow(`there is no ${path}/containers`);
    await expect(elsewhere.find(join(path, '..'))).rejects.toThrow('is not a run: it has no events.ndjson');
  });

  it('tells runs of one id apart by where they are', async () => {
    const paths = [await keep('a-b-123456', RUN, '{}\n'), await keep('a-b', RUN, '{}\n')];
    await expect(archive.find(RUN)).rejects.toMatchObject({
      fault: { kind: 'usage', message: `"${RUN}" may be any of 2 runs`, hint: `give its path: ${paths.join(', ')}` },
    });
  });

  it('gives a line that a crash cut short, and leaves it out of the tail', async () => {
    await keep('smoke', RUN, 'one\ntwo\nthr');
    const run = await archive.find();
    const lines: string[] = [];
    for await (const line of archive.journal(run)) lines.push(line);
    expect(lines).toEqual(['one', 'two', 'thr']);
    expect(await archive.tail(run, 7)).toEqual(['two']);
    expect(await archive.tail(run, 2)).toEqual([]);
    await keep('smoke', RUN, 'no newline');
    expect(await archive.tail(run, 100)).toEqual([]);
  });

  it('follows a journal past a line that was torn and is taken back by a later attempt', async () => {
    const path = join(await keep('smoke', RUN, 'one\ntw'), 'events.ndjson');
    const leave = new AbortController();
    const heard: string[] = [];
    for await (const line of archive.journal(await archive.find(), { follow: leave.signal })) {
      heard.push(line);
      if (line === 'one') {
        await truncate(path, 4);
        await appendFile(path, 'again, longer than what was torn\nand ü');
      }
      if (line.startsWith('again')) await appendFile(path, 'ber\n');
      if (line === 'and über') leave.abort();
    }
    expect(heard).toEqual(['one', 'again, longer than what was torn', 'and über']);
  });

  it('ends when it is told to, while it waits', async () => {
    await keep('smoke', RUN, 'one\n');
    const leave = new AbortController();
    const heard: string[] = [];
    for await (const line of archive.journal(await archive.find(), { follow: leave.signal })) {
      heard.push(line);
      setImmediate(() => leave.abort());
    }
    expect(heard).toEqual(['one']);
  });

  it('says which file cannot be read or written', async () => {
    const path = await keep('smoke', RUN, '');
    const run = await archive.find();
    await rm(path, { recursive: true });
    await expect(archive.journal(run)[Symbol.asyncIterator]().next()).rejects.toThrow(
      `cannot read ${path}/events.ndjson`,
    );
    await expect(archive.tail(run, 10)).rejects.toThrow(`cannot read ${path}/events.ndjson`);
    await expect(archive.write(run, 'report.json', '')).rejects.toThrow(`cannot write ${path}/report.json`);
  });
});
