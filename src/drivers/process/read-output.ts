import { type FileHandle, open } from 'node:fs/promises';

const CHUNK = 1 << 16;
const NEWLINE = 0x0a;

/** Yields a file's text up to where it ends now, or its last `tailLines` lines. Throws as `fs` does. */
export async function* readOutput(
  path: string,
  tailLines: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  let position = tailLines === undefined ? 0 : await startOfTail(file, size, tailLines, signal);
  // Characters may lie across two chunks.
  const decoder = new TextDecoder();
  const chunk = Buffer.alloc(CHUNK);
  while (position < size) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK, size - position), position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const text = decoder.decode(chunk.subarray(0, bytesRead), { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** Where the last `lines` lines begin, read from the end so that a long file costs no more than a short one. */
async function startOfTail(file: FileHandle, size: number, lines: number, signal: AbortSignal): Promise<number> {
  if (lines <= 0) return size;
  const chunk = Buffer.alloc(CHUNK);
  let found = 0;
  for (let end = size; end > 0; ) {
    signal.throwIfAborted();
    const begin = Math.max(0, end - CHUNK);
    const { bytesRead } = await file.read(chunk, 0, end - begin, begin);
    for (let at = bytesRead - 1; at >= 0; at--) {
      // The newline at the very end ends the last line; it does not begin another.
      if (chunk[at] !== NEWLINE || begin + at === size - 1) continue;
      found += 1;
      if (found === lines) return begin + at + 1;
    }
    end = begin;
  }
  return 0;
}
