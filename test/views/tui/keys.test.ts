import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKeys } from '../../../src/views/tui/keys.ts';

const names = (input: string) => parseKeys(input).keys.map((key) => (key.kind === 'named' ? key.name : key.text));

describe('parseKeys', () => {
  test.each([
    ['\u001b[A', ['up']],
    ['\u001bOB', ['down']],
    ['\u001b[5~\u001b[6~', ['page-up', 'page-down']],
    ['\u001b[1;5C', ['right']],
    ['\u001b[5;2~', ['page-up']],
    ['\u001b[H\u001b[F\u001b[1~\u001b[4~\u001b[7~\u001b[8~', ['home', 'end', 'home', 'end', 'home', 'end']],
    ['\t\u001b[Z', ['tab', 'back-tab']],
    ['\r', ['enter']],
    ['\u0003', ['interrupt']],
    ['\u007f\u0008', ['backspace', 'backspace']],
    ['\u001b', ['escape']],
    ['\u001b\u001b[A', ['escape', 'up']],
    ['q/é東👩‍👩‍👧'.normalize('NFC'), ['q', '/', 'é', '東', ...'👩‍👩‍👧']],
  ])('%j', (input, expected) => {
    expect(names(input)).toEqual(expected);
  });

  test('what is no key of ours is nothing: mouse, focus, function keys, other controls', () => {
    expect(names('\u001b[I\u001b[<0;1;1M\u001bOP\u001b[15~\u0001\u0000')).toEqual([]);
  });

  test('a sequence that came in two pieces is one key', () => {
    const first = parseKeys('x\u001b[');
    expect(first).toEqual({ keys: [{ kind: 'text', text: 'x' }], rest: '\u001b[' });
    expect(names(`${first.rest}5~`)).toEqual(['page-up']);
  });

  test('whatever a terminal sends, it never fails, keeps little back, and shows no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(200), (input, at) => {
        const first = parseKeys(input.slice(0, at));
        const second = parseKeys(first.rest + input.slice(at));
        expect(first.rest.length).toBeLessThanOrEqual(32);
        for (const key of [...first.keys, ...second.keys])
          if (key.kind === 'text') expect(key.text).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
