/** Tar is written in blocks of this many bytes. */
export const BLOCK_BYTES = 512;

/** One header of a tar. Long names come in entries of their own before it (types `L`, `x`); see TarEntries. */
export interface TarHeader {
  readonly name: string;
  /** Bytes of content; they are followed by zeros up to the next block. */
  readonly size: number;
  /** `0` a file, `5` a directory, `2` a symbolic link, `x` and `g` pax headers, `L` a long name, … */
  readonly type: string;
}

/** Reads a header block; undefined for a block of zeros, which ends the tar. Throws where it is none. */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (checksum(block) !== Number.parseInt(text(block, 148, 8), 8))
    throw new Error('not a tar: a header’s checksum is wrong');
  const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: size(block),
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156]!),
  };
}

/** Content and the zeros behind it, in bytes. */
export const paddedSize = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('utf8', start, end < 0 || end > start + length ? start + length : end).trim();
}

// Octal digits, or, from 8 GiB on, a binary number marked by its first bit.
function size(block: Buffer): number {
  if ((block[124]! & 0x80) === 0) return Number.parseInt(text(block, 124, 12) || '0', 8);
  return Number(block.readBigUInt64BE(128));
}

// The sum of all bytes, those of the checksum itself counted as spaces.
function checksum(block: Buffer): number {
  let sum = 8 * 32;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}
