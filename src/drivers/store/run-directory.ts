import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerName } from '../../model/names.ts';
import type { RunStore } from '../../ports/store.ts';
import { AppendFile } from './append-file.ts';
import { fileFault } from './file-fault.ts';

/** Bytes gathered before they are written to a container's log. */
const PIECE = 1 << 16;

/** Opens the directory of a run, making what is missing. `shown` is what messages call it. */
export async function openRunDirectory(path: string, shown: string): Promise<RunStore> {
  try {
    await mkdir(join(path, 'containers'), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFault(`cannot make ${shown}`, error);
  }
  const journal = await AppendFile.open(join(path, 'events.ndjson'), `${shown}/events.ndjson`, 'cut');
  const log = await openBeside(journal, join(path, 'run.log'), `${shown}/run.log`);
  return {
    path: shown,
    events: journal.lines,
    journal: (lines) => journal.append(lines.map((line) => `${line}\n`).join('')),
    log: (text) => log.append(text),
    containerLog: (peer, pieces) => writeContainerLog(path, shown, peer, pieces),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([journal[Symbol.asyncDispose](), log[Symbol.asyncDispose]()]);
    },
  };
}

/** Opens a second file; where that fails, the first is closed again. */
async function openBeside(first: AppendFile, path: string, shown: string): Promise<AppendFile> {
  try {
    return await AppendFile.open(path, shown, 'end');
  } catch (error) {
    await first[Symbol.asyncDispose]();
    throw error;
  }
}

/** What came before a failure of the source is kept: it is evidence. */
async function writeContainerLog(
  path: string,
  shown: string,
  peer: PeerName,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const name = `containers/${peer}.log`;
  const write = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw fileFault(`cannot write ${shown}/${name}`, error);
    }
  };
  let gathered = '';
  let file: Awaited<ReturnType<typeof open>> | undefined;
  await write(async () => {
    file = await open(join(path, name), 'w', 0o600);
  });
  await using log = file!;
  try {
    for await (const piece of pieces) {
      gathered += piece;
      if (gathered.length < PIECE) continue;
      const full = gathered;
      gathered = '';
      await write(() => log.writeFile(full));
    }
  } finally {
    await write(() => log.writeFile(gathered));
  }
}
