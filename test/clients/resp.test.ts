import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Resp, RespReader } from '../../clients/conformance/rig/resp.ts';

const read = (text: string): readonly Resp[] => new RespReader().read(Buffer.from(text));

describe('RESP', () => {
  it('reads requests, several at once', () => {
    expect(read('*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$3\r\nä1\r\n')).toEqual([['PING'], ['GET', 'ä1']]);
  });

  it('reads every kind of answer', () => {
    expect(read('+OK\r\n:42\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n')).toEqual(['OK', 42, null, null, '', []]);
    expect(read('_\r\n#t\r\n,1.5\r\n%1\r\n+a\r\n:1\r\n~1\r\n:7\r\n=7\r\ntxt:abc\r\n')).toEqual([
      null,
      true,
      1.5,
      ['a', 1],
      [7],
      'txt:abc',
    ]);
    expect(read('-ERR no\r\n')[0]).toEqual(new Error('ERR no'));
  });

  it('leaves push messages out, which answer nothing', () => {
    expect(read('>2\r\n+invalidate\r\n+x\r\n+OK\r\n')).toEqual(['OK']);
  });

  it('takes a command typed by hand', () => {
    expect(read('PING now\r\n')).toEqual([['PING', 'now']]);
  });

  it('gives the same whatever the pieces in which the bytes come', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (requests, size) => {
        const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
        const bytes = Buffer.from(requests.map((words) => `*${words.length}\r\n${words.map(bulk).join('')}`).join(''));
        const reader = new RespReader();
        const found: Resp[] = [];
        for (let at = 0; at < bytes.length; at += size) found.push(...reader.read(bytes.subarray(at, at + size)));
        expect(found).toEqual(requests);
      }),
    );
  });
});
