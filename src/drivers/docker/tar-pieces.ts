import { BLOCK_BYTES, paddedSize, parseTarHeader, type TarHeader } from './tar-header.ts';

/** A tar as it goes by: each entry's header, then its content in pieces, then the zeros that end it. `bytes` joined are the tar. */
export type TarPiece =
  | { readonly kind: 'entry'; readonly header: TarHeader; readonly bytes: Buffer }
  /** Of the entry before; the zeros that fill its last block among them. `content` is without those. */
  | { readonly kind: 'content'; readonly bytes: Buffer; readonly content: Buffer }
  | { readonly kind: 'end'; readonly bytes: Buffer };

/** Longer than any path; a longer one is no path. */
const MAX_NAME_BYTES = 1024 * 1024;

/** Splits a tar without holding more of it than a chunk. Long names (GNU and pax) are part of the entry that they are for. */
export async function* tarPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarPiece> {
  let rest: Buffer = Buffer.alloc(0);
  // Headers that belong to the entry to come: a long name and its text.
  let before: Buffer[] = [];
  let longName: string | undefined;
  let missing = 0;
  let missingContent = 0;
  let hasEnded = false;

  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length > 0) {
      if (hasEnded) {
        yield { kind: 'end', bytes: rest };
        rest = rest.subarray(rest.length);
      } else if (missing > 0) {
        const bytes = rest.subarray(0, missing);
        yield { kind: 'content', bytes, content: bytes.subarray(0, missingContent) };
        missing -= bytes.length;
        missingContent = Math.max(0, missingContent - bytes.length);
        rest = rest.subarray(bytes.length);
      } else {
        if (rest.length < BLOCK_BYTES) break;
        const header = parseTarHeader(rest.subarray(0, BLOCK_BYTES));
        if (header === undefined) {
          hasEnded = true;
          continue;
        }
        if (isPrefix(header)) {
          const length = BLOCK_BYTES + paddedSize(header.size);
          if (header.size > MAX_NAME_BYTES) throw new Error('not a tar: a name is too long');
          if (rest.length < length) break;
          longName = nameIn(header, rest.subarray(BLOCK_BYTES, BLOCK_BYTES + header.size)) ?? longName;
          before.push(rest.subarray(0, length));
          rest = rest.subarray(length);
          continue;
        }
        const bytes = Buffer.concat([...before, rest.subarray(0, BLOCK_BYTES)]);
        yield { kind: 'entry', header: longName === undefined ? header : { ...header, name: longName }, bytes };
        rest = rest.subarray(BLOCK_BYTES);
        missing = paddedSize(header.size);
        missingContent = header.size;
        before = [];
        longName = undefined;
      }
    }
  }
  if (missing > 0 || before.length > 0 || (rest.length > 0 && !hasEnded)) throw new Error('the tar ends too early');
}

const isPrefix = ({ type }: TarHeader): boolean => type === 'L' || type === 'K' || type === 'x' || type === 'g';

/** GNU writes the name alone, pax records of the form `30 path=…\n`. */
function nameIn({ type }: TarHeader, content: Buffer): string | undefined {
  if (type === 'L') return content.toString('utf8').replace(/\0+$/, '');
  return type === 'x' ? /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content.toString('utf8'))?.[1] : undefined;
}
