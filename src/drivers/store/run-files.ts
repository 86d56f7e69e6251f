import { join } from 'node:path';
import type { EvidenceFile } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { RunStore } from '../../ports/store.ts';
import { type Capped, CappedFile } from './capped-file.ts';
import { fileFault } from './file-fault.ts';
import { replaceFileSoon } from './replace-file.ts';

/** Bytes gathered before they are written to a container's log. */
const PIECE = 1 << 16;

/** Writes the files of a run, below its directory. `shown` is what messages call it. */
export function runFiles(path: string, shown: string): Pick<RunStore, 'containerLog' | 'write'> {
  return {
    containerLog: (peer, pieces, maxBytes) => writeContainerLog(path, shown, peer, pieces, maxBytes),
    write: (name, text) => writeWhole(path, shown, name, text),
  };
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
