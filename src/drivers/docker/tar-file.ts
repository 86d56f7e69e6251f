import { BLOCK_BYTES, paddedSize, parseTarHeader } from './tar-header.ts';

const MAX_BYTES = 64 * 1024;

/** The text of the first file in a small tar, empty where there is none. What lies beyond 64 KiB of tar is not read. */
export async function firstFile(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= MAX_BYTES) break;
  }
  const tar = Buffer.concat(parts);
  for (let at = 0; at + BLOCK_BYTES <= tar.length; ) {
    const header = parseTarHeader(tar.subarray(at, at + BLOCK_BYTES));
    if (header === undefined) break;
    const start = at + BLOCK_BYTES;
    if (header.type === '0') return tar.toString('utf8', start, start + header.size);
    at = start + paddedSize(header.size);
  }
  return '';
}
