import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceFile } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { RunStore } from '../../ports/store.ts';
import { AppendFile } from './append-file.ts';
import { type Capped, CappedFile } from './capped-file.ts';
import { fileFault } from './file-fault.ts';
import { replaceFileSoon } from './replace-file.ts';

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
    journalBytes: journal.bytes,
    journal: (lines) => journal.append(lines.map((line) => `${line}\n`).join('')),
    log: (text) => log.append(text),
    containerLog: (peer, pieces, maxBytes) => writeContainerLog(path, shown, peer, pieces, maxBytes),
    write: (name, text) => writeWhole(path, shown, name, text),
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
  maxBytes: number,
): Promise<EvidenceFile> {
  const name = `containers/${peer}.log`;
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileFault(`cannot write ${shown}/${name}`, error);
    }
  };
  let gathered = '';
  let kept: Capped = { bytes: 0, cut: 0 };
  await using log = await write(() => CappedFile.open(join(path, name), maxBytes));
  try {
    for await (const piece of pieces) {
      gathered += piece;
      if (gathered.length < PIECE) continue;
      const full = gathered;
      gathered = '';
      await write(() => log.write(full));
    }
  } finally {
    kept = await write(async () => {
      await log.write(gathered);
      return log.finish();
    });
  }
  return { path: name, ...kept };
}

async function writeWhole(path: string, shown: string, name: string, text: string): Promise<EvidenceFile> {
  try {
    await replaceFileSoon(join(path, name), text);
    return { path: name, bytes: Buffer.byteLength(text), cut: 0 };
  } catch (error) {
    throw fileFault(`cannot write ${shown}/${name}`, error);
  }
}
