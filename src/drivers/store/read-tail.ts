import { open } from 'node:fs/promises';
import { fileFault } from './file-fault.ts';

const NEWLINE = 0x0a;

/** The whole lines among the last `bytes` bytes of a file, without their newlines. One that a crash tore at the end is none. */
export async function readTail(path: string, bytes: number): Promise<readonly string[]> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    // With the byte before them: where that ends a line, the first of them begin one.
    const from = Math.max(0, size - bytes - 1);
    const chunk = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, from);
    const read = chunk.subarray(0, bytesRead);
    const start = from === 0 ? 0 : read.indexOf(NEWLINE) + 1;
    const end = read.lastIndexOf(NEWLINE);
    if ((from > 0 && start === 0) || end < start) return [];
    return read.subarray(start, end).toString('utf8').split('\n');
  } catch (error) {
    throw fileFault(`cannot read ${path}`, error);
  }
}
