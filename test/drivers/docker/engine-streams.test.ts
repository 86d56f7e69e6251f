import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idleLimit } from '../../../src/drivers/docker/idle-limit.ts';
import { jsonLines } from '../../../src/drivers/docker/json-lines.ts';
import { logText } from '../../../src/drivers/docker/log-frames.ts';
import { firstFile } from '../../../src/drivers/docker/tar-file.ts';
import { makeTar } from './make-tar.ts';

/** Bytes in chunks of a size. */
async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

function frame(stream: 1 | 2, bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

describe('log frames', () => {
  test('give all text in its order, however they are cut', async () => {
    const piece = fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.string({ unit: 'grapheme', maxLength: 30 }));
    await fc.assert(
      fc.asyncProperty(fc.array(piece), fc.integer({ min: 1, max: 40 }), async (pieces, size) => {
        const bytes = Buffer.concat(pieces.map(([stream, text]) => frame(stream, Buffer.from(text))));
        const text = (await all(logText(chunked(bytes, size)))).join('');
        expect(text).toBe(pieces.map(([, part]) => Buffer.from(part).toString()).join(''));
      }),
      { numRuns: 100 },
    );
  });

  test('join a character that is cut by a frame of the other stream', async () => {
    const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
    const bytes = Buffer.concat([frame(1, first), frame(2, Buffer.from('x')), frame(1, second)]);
    expect((await all(logText(chunked(bytes, 1000)))).join('')).toBe('xü');
  });
});

describe('JSON lines', () => {
  test('are values, however they are cut; the last needs no newline', async () => {
    const bytes = Buffer.from('{"a":"ü"}\r\n\n{"b":2}\n[3]');
    for (let size = 1; size < 30; size++)
      expect(await all(jsonLines(chunked(bytes, size)))).toEqual([{ a: 'ü' }, { b: 2 }, [3]]);
  });

  test('that are no JSON are faults', async () => {
    expect(await all(jsonLines(chunked(Buffer.from('oh no\n'), 100)))).toEqual([{ error: 'oh no' }]);
  });
});

describe('the first file of a tar', () => {
  test('is found behind directories and pax headers', async () => {
    const tar = makeTar([
      { name: 'dir/', type: '5' },
      { name: 'pax', type: 'x', content: '11 path=del' },
      { name: 'delay', content: '42\n' },
      { name: 'other', content: '43' },
    ]);
    expect(await firstFile(chunked(tar, 700))).toBe('42\n');
    expect(await firstFile(chunked(makeTar([]), 700))).toBe('');
  });
});

describe('a stream that falls silent', () => {
  test('ends with `unreachable`; one that goes on does not', async () => {
    const silent = async function* () {
      yield 1;
      await new Promise(() => {});
    };
    await expect(all(idleLimit(silent(), 20, 'a test'))).rejects.toMatchObject({
      fault: { kind: 'unreachable', message: expect.stringContaining('a test') },
    });
    const lively = async function* () {
      for (let at = 0; at < 5; at++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        yield at;
      }
    };
    expect(await all(idleLimit(lively(), 1000, 'a test'))).toEqual([0, 1, 2, 3, 4]);
  });
});
