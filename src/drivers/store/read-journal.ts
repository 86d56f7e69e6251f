import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as pause } from 'node:timers/promises';
import { fileFault } from './file-fault.ts';

const CHUNK = 1 << 18;
const NEWLINE = 0x0a;
/** How often a journal that is followed is looked at. Unlike a watch of the file system, that works on every disk. Milliseconds. */
const LOOK_EVERY = 100;

/**
 * The lines of a journal, without their newlines. What stands behind the last newline is given, too, for a crash may have cut it short;
 * with `follow` it is waited for, and so are later lines, until the signal.
 */
export async function* readJournal(path: string, follow?: AbortSignal): AsyncGenerator<string> {
  await using file = await reading(path, () => open(path, 'r'));
  const chunk = Buffer.alloc(CHUNK);
  let decoder = new StringDecoder('utf8');
  let rest = '';
  let position = 0;
  /** Where the line begins of which no end has come. */
  let lineStart = 0;
  const isOver = (): boolean => follow?.aborted === true;
  while (!isOver()) {
    const { bytesRead } = await reading(path, () => file.read(chunk, 0, CHUNK, position));
    const bytes = chunk.subarray(0, bytesRead);
    const newline = bytes.lastIndexOf(NEWLINE);
    if (newline >= 0) lineStart = position + newline + 1;
    position += bytesRead;
    const lines = (rest + decoder.write(bytes)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield line;
      if (isOver()) return;
    }
    if (bytesRead === CHUNK || (follow === undefined && bytesRead > 0)) continue;
    if (follow === undefined) {
      const last = rest + decoder.end();
      if (last !== '') yield last;
      return;
    }
    // The last line is read again from its beginning: a later attempt at the run takes back one that a crash tore, and writes another there.
    position = lineStart;
    decoder = new StringDecoder('utf8');
    rest = '';
    await pause(LOOK_EVERY, undefined, { signal: follow }).catch(() => undefined);
  }
}

async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFault(`cannot read ${path}`, error);
  }
}
