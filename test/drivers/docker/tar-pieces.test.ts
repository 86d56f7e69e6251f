import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TarPiece, tarPieces } from '../../../src/drivers/docker/tar-pieces.ts';
import { entry, makeTar } from './make-tar.ts';

/** The pieces of a tar that comes in chunks of a size. */
async function split(tar: Buffer, chunkBytes: number): Promise<readonly TarPiece[]> {
  const chunks = async function* () {
    for (let at = 0; at < tar.length; at += chunkBytes) yield tar.subarray(at, at + chunkBytes);
  };
  const pieces: TarPiece[] = [];
  for await (const piece of tarPieces(chunks())) pieces.push(piece);
  return pieces;
}

/** Names with contents, joined again. */
function files(pieces: readonly TarPiece[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (const piece of pieces) {
    if (piece.kind === 'entry') found.push([piece.header.name, '']);
    if (piece.kind === 'content') found.at(-1)![1] += piece.content.toString('latin1');
  }
  return found;
}

const joined = (pieces: readonly TarPiece[]) => Buffer.concat(pieces.map((piece) => piece.bytes));

describe('a tar in pieces', () => {
  test('is the same tar, and has its files, however it is cut', async () => {
    const file = fc.record({
      name: fc.stringMatching(/^[a-z0-9/._-]{1,99}$/),
      content: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 8 }),
        fc.integer({ min: 1, max: 3000 }),
        async (list, chunkBytes) => {
          const tar = makeTar(list.map(({ name, content }) => ({ name, content: Buffer.from(content, 'latin1') })));
          const pieces = await split(tar, chunkBytes);
          expect(joined(pieces).equals(tar)).toBe(true);
          expect(files(pieces)).toEqual(list.map(({ name, content }) => [name, content]));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('knows long names of GNU and pax, whose headers belong to their entry', async () => {
    const long = `${'deep/'.repeat(40)}end`;
    const record = (text: string) => {
      let length = text.length + 3;
      while (`${length} ${text}\n`.length !== length) length = `${length} ${text}\n`.length;
      return `${length} ${text}\n`;
    };
    const tar = makeTar([
      { name: '././@LongLink', type: 'L', content: `${long}\0` },
      { name: 'short', content: 'gnu' },
      { name: 'PaxHeaders/x', type: 'x', content: `${record('mtime=1.5')}${record(`path=${long}/pax`)}` },
      { name: 'short', content: 'pax' },
      { name: 'plain', content: 'plain' },
    ]);
    for (const chunkBytes of [100, 10_000]) {
      const pieces = await split(tar, chunkBytes);
      expect(files(pieces)).toEqual([
        [long, 'gnu'],
        [`${long}/pax`, 'pax'],
        ['plain', 'plain'],
      ]);
      expect(joined(pieces).equals(tar)).toBe(true);
      expect(pieces.filter((piece) => piece.kind === 'entry')[0]!.bytes).toHaveLength(3 * 512);
    }
  });

  test('that is cut off, or is none, is refused', async () => {
    const tar = makeTar([{ name: 'file', content: 'x'.repeat(1000) }]);
    await expect(split(tar.subarray(0, 700), 300)).rejects.toThrow('too early');
    await expect(split(tar.subarray(0, 200), 300)).rejects.toThrow('too early');
    await expect(split(Buffer.alloc(512, 'no tar'), 300)).rejects.toThrow('checksum');
    await expect(split(Buffer.concat([entry({ name: 'a' }), Buffer.alloc(512, 1)]), 300)).rejects.toThrow('checksum');
  });
});
