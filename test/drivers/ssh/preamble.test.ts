import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Preamble } from '../../../src/drivers/ssh/preamble.ts';

const BEGINNING = /HTTP\/1\.[01] [1-5]\d\d/;

/** What is left of a text that comes in pieces of these sizes. */
function left(text: string, sizes: readonly number[]) {
  const preamble = new Preamble(BEGINNING);
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    out.push(preamble.feed(bytes.subarray(at, at + size)));
    at += size;
  }
  return { text: Buffer.concat(out).toString(), before: preamble.text, isOver: preamble.isOver };
}

const ANSWER = 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 404 Not Found';

describe('what a login shell prints in front', () => {
  test.each([
    ['nothing', '', ''],
    ['a line', 'Welcome to h1\n', 'Welcome to h1'],
    ['no whole line', '\u001b[2JHTTP/1.', '\u001b[2JHTTP/1.'],
    ['much of it', 'größe '.repeat(20_000), 'größe '.repeat(83).concat('gr')],
  ])('is left out, however it comes: %s', (_name, noise, before) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const found = left(noise + ANSWER, sizes);
        expect(found.text).toBe(ANSWER);
        expect(found.isOver).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(left(noise + ANSWER, [1 << 20]).before).toBe(before);
  });

  test('is all there is where the command never says anything', () => {
    expect(left('This account is currently not available.\n', [7])).toEqual({
      text: '',
      before: 'This account is currently not available.',
      isOver: false,
    });
  });
});
