import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplicaCommands } from '../../../src/drivers/redis/replica-commands.ts';
import { SnapshotSkip } from '../../../src/drivers/redis/snapshot-skip.ts';

const encoded = (words: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    Buffer.from(`*${words.length}\r\n`),
    ...words.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), Buffer.from(word), Buffer.from('\r\n')]),
  ]);

/** Pushes the bytes in pieces of these lengths, the rest in one. */
function pushInPieces(bytes: Buffer, pieces: readonly number[], push: (piece: Buffer) => void): void {
  let at = 0;
  for (const length of pieces) {
    if (at >= bytes.length) return;
    push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at < bytes.length) push(bytes.subarray(at));
}

describe('commands of a replication stream', () => {
  const word = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(Buffer.from('\r\n*1\r\n$4\r\n')));
  const command = fc.array(word, { minLength: 1, maxLength: 6 });
  const pieces = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 200 });

  test('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 8 }), pieces, (commands, cuts) => {
        const told: string[][] = [];
        const reader = new ReplicaCommands({
          wants: () => true,
          tell: (_name, args) => told.push(args.map((each) => each?.toString('hex') ?? 'not kept')),
        });
        const bytes = Buffer.concat(commands.map(encoded));
        pushInPieces(bytes, cuts, (piece) => reader.push(piece));
        expect(told).toEqual(commands.map((words) => words.map((each) => Buffer.from(each).toString('hex'))));
        expect(reader.consumed).toBe(bytes.length);
      }),
    );
  });

  test('that are not wanted are not told, by their name or by their key; the place counts them', () => {
    const told: string[] = [];
    const reader = new ReplicaCommands({
      wants: (name, key) => name === 'SET' && (key === undefined || key.toString() === 'mine'),
      tell: (name, args) => told.push([name, ...args.slice(1)].join(' ')),
    });
    const commands = [
      ['LPUSH', 'mine', 'x'],
      ['set', 'mine', 'a'],
      ['SET', 'other', 'b'],
      ['SET', 'mine', 'c'],
      ['PING'],
    ];
    const bytes = Buffer.concat(commands.map((words) => encoded(words.map((each) => Buffer.from(each)))));
    reader.push(bytes);
    expect(told).toEqual(['SET mine a', 'SET mine c']);
    expect(reader.consumed).toBe(bytes.length);
    reader.push(Buffer.from('\n*2\r\n$3\r\nSE'));
    expect(reader.consumed).toBe(bytes.length);
    reader.push(Buffer.from('T\r\n$4\r\nmine\r\n'));
    expect(told.at(-1)).toBe('SET mine');
  });

  test('of any length need bounded memory: what is too long is not kept', () => {
    const told: (number | undefined)[][] = [];
    const reader = new ReplicaCommands({
      wants: () => true,
      tell: (_name, args) => told.push(args.map((each) => each?.length)),
    });
    const long = Buffer.alloc(2 << 20);
    for (const words of [
      [Buffer.from('SET'), Buffer.from('key'), long],
      [Buffer.from('DEL'), long.subarray(0, 1_000), Buffer.from('key')],
      [Buffer.from('MSET'), ...Array.from({ length: 40_000 }, () => Buffer.from('x'))],
    ]) {
      reader.push(encoded(words));
    }
    expect(told[0]).toEqual([3, 3, undefined]);
    expect(told[1]).toEqual([3, undefined, 3]);
    expect(told[2]?.filter((length) => length === 1).length).toBeLessThan(20_000);
    expect(told[2]).toHaveLength(40_001);
  });

  test.each(['PING\r\n', '*1\r\n+OK\r\n', '*x\r\n', '*1\r\n$-1\r\n', '*99999999999\r\n'])(
    'are not read from %j',
    (text) => {
      const reader = new ReplicaCommands({ wants: () => true, tell: () => undefined });
      expect(() => reader.push(Buffer.from(text))).toThrow(/cannot be read/);
    },
  );
});

describe('a snapshot', () => {
  const mark = `${'m'.repeat(39)}n`;

  test.each(['length', 'mark'])('is stepped over by its %s, however the bytes are cut', (way) => {
    const text = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.from('m'.repeat(100))));
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 50 })), (snapshot, cuts) => {
        const skip = new SnapshotSkip(way === 'length' ? `$${snapshot.length}` : `$EOF:${mark}`);
        const end = way === 'length' ? '' : mark;
        const bytes = Buffer.concat([snapshot, Buffer.from(`${end}*1\r\n$4\r\nPING\r\n`)]);
        let behind = '';
        pushInPieces(bytes, cuts, (piece) => {
          behind += skip.push(piece).toString();
        });
        expect([skip.ended, behind]).toEqual([true, '*1\r\n$4\r\nPING\r\n']);
      }),
    );
  });

  test('has a header that can be read', () => {
    for (const header of ['', '$', '$-1', '$EOF:short', '+OK', '-ERR']) {
      expect(() => new SnapshotSkip(header)).toThrow(/no snapshot/);
    }
  });
});
