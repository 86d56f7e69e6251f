import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommonYaml } from '../../src/config/read-common-yaml.ts';
import { readFullYaml } from '../../src/config/read-full-yaml.ts';
import type { Node } from '../../src/config/tree.ts';
import { VALID } from './valid-config.ts';

/** The quick reader may always decline; where it does not, it must say just what the full one says. */
function expectSameTree(text: string): Node | undefined {
  const quick = readCommonYaml(text);
  if (quick === undefined) return undefined;
  const full = readFullYaml(text);
  expect(full.faults, text).toEqual([]);
  expect(quick, text).toEqual(full.tree);
  return quick;
}

describe('the quick reader', () => {
  it('takes a usual config whole, and agrees with the full reader on every value and place', () => {
    expect(expectSameTree(VALID)).toBeDefined();
  });

  it('takes the broken example, whose syntax is sound', () => {
    expect(expectSameTree(readFileSync('examples/broken.yaml', 'utf8'))).toBeDefined();
  });

  it.each([
    'a: 1',
    'a:\n- 1\n- 2\nb: 3\n',
    '---\n# c\na: 1 # d\n',
    "a: 'it''s'\nb: \"x\\ty\\u00e9\\/\"\n",
    'a: {b: [1, {c: d}], e: -1.5e3, }\nf: []\ng: {}\n',
    'a:\nb:   # nothing\nc: 0x1F\nd: 0o17\ne: .inf\nf: -.INF\ng: .NaN\nh: ~\ni: True\nj: 012\nk: +3\n',
    'a:\n    b:\n      - c: 1\n        d:\n          - 2\n      - e\n',
    'time: push|bob|a#b c:d e\n',
    '- a: b#c\n- -x\n'.replace('-x', '-1'),
    'a: ÅÄÖ 漢字 😀 # 😀\n',
  ])('takes %j', (text) => {
    expect(expectSameTree(text)).toBeDefined();
  });

  it.each([
    ['aliases and anchors', 'a: &x 1\nb: *x\n'],
    ['merge keys', 'a: { <<: b }\n'],
    ['block scalars', 'a: |\n  x\n'],
    ['tags', 'a: !!str 1\n'],
    ['tabs', 'a:\t1\n'],
    ['carriage returns', 'a: 1\r\nb: 2\r\n'],
    ['texts of several lines', 'a: b\n  c\n'],
    ['several lines of […]', 'a: [1,\n  2]\n'],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['directives', '%YAML 1.2\n---\na: 1\n'],
    ['quoted keys', '"a": 1\n'],
    ['complex keys', '? a\n: b\n'],
    ['wrong indentation', 'a: 1\n b: 2\n'],
    ['an unfinished quote', 'a: "b\n'],
    ['rubbish behind a quote', 'a: "b" c\n'],
    ['a second colon', 'a: b: c\n'],
    ['an empty item', '-\n- a\n'],
    ['no content', '# nothing\n'],
    ['deep nesting', `a: ${'['.repeat(60)}${']'.repeat(60)}\n`],
  ])('leaves %s to the full reader', (_, text) => {
    expect(readCommonYaml(text)).toBeUndefined();
  });

  it('agrees with the full reader on random files', () => {
    let taken = 0;
    fc.assert(
      fc.property(document(), (text) => {
        if (expectSameTree(text) !== undefined) taken += 1;
      }),
      { numRuns: 3000 },
    );
    // The property would be empty if most of them were declined.
    expect(taken).toBeGreaterThan(1000);
  });

  it('agrees with the full reader on a usual config with random slips of the keyboard', () => {
    const slip = fc.record({
      at: fc.nat(VALID.length),
      drop: fc.nat(3),
      put: fc.oneof(
        fc.constantFrom(
          ' ',
          '  ',
          '\n',
          ':',
          ': ',
          '- ',
          '-',
          '#',
          ' #',
          '"',
          "'",
          '[',
          ']',
          '{',
          '}',
          ',',
          '|',
          '&a ',
          '*a',
          '!',
          '?',
        ),
        fc.string({ maxLength: 2 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), (slips) => {
        let text = VALID;
        for (const { at, drop, put } of slips) text = text.slice(0, at) + put + text.slice(at + drop);
        expectSameTree(text);
      }),
      { numRuns: 1500 },
    );
  });
});

/** Random YAML of the kind that people write, right and nearly right. */
function document(): fc.Arbitrary<string> {
  const scalar = fc.oneof(
    {
      weight: 30,
      arbitrary: fc.constantFrom('a', 'bob', 'x-1', 'push|bob|hi', 'true', 'null', '~', '1', '-2.5', '1e3'),
    },
    {
      weight: 10,
      arbitrary: fc.constantFrom('0x1f', '.5', 'a b', 'a#b', 'a:b', '"a \\n b"', "'it''s'", '""', "''", '"é😀"'),
    },
    fc.constantFrom(
      '',
      '-',
      '- a',
      '"\\x41"',
      '"a" b',
      '*a',
      '&a b',
      '@x',
      'a: b',
      'a,b',
      'a]b',
      '!t x',
      '-a',
      '?a',
      ':a',
    ),
  );
  const flow = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc
        .tuple(fc.array(tie('value'), { maxLength: 3 }), gap())
        .map(([items, space]) => `[${space}${items.join(`,${space}`)}]`),
      fc
        .tuple(fc.array(fc.tuple(key(), tie('value')), { maxLength: 3 }), gap())
        .map(
          ([pairs, space]) =>
            `{${space}${pairs.map(([name, value]) => `${name}: ${value}`).join(`, ${space}`)}${space}}`,
        ),
    ),
  })).value;
  const tail = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    fc.constantFrom(' ', ' # note', '#', '\n', '\n  # note', '\n# note'),
  );
  const block: fc.Memo<string> = fc.memo((depth) => {
    const value = (inner: number): fc.Arbitrary<string> =>
      inner <= 1
        ? fc.tuple(gap(), flow, tail).map(([space, text, end]) => ` ${space}${text}${end}`)
        : fc.oneof(
            { weight: 2, arbitrary: fc.tuple(flow, tail).map(([text, end]) => ` ${text}${end}`) },
            fc
              .tuple(block(inner - 1), fc.constantFrom(2, 2, 2, 4, 4, 0))
              .map(([text, by]) => `\n${indented(text, by)}`),
          );
    const map = fc
      .array(fc.tuple(key(), value(depth)), { minLength: 1, maxLength: 4 })
      .map((pairs) => pairs.map(([name, text]) => `${name}:${text}`).join('\n'));
    const item = fc.oneof(
      flow.map((text) => ` ${text}`),
      map.map((text) => ` ${indented(text, 2).trimStart()}`),
    );
    return fc.oneof(
      map,
      fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.map((text) => `-${text}`).join('\n')),
    );
  });
  return fc
    .tuple(fc.constantFrom('', '', '---\n', '# first\n', '\n'), block(3), fc.constantFrom('', '\n', '\n\n'))
    .map((parts) => parts.join(''));
}

const key = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom('name', 'a', 'b-c', 'x.y/z', 'true', '1') },
    fc.constantFrom('"q"', 'a b', '', '-a', '<<', '.a'),
  );
const gap = (): fc.Arbitrary<string> => fc.constantFrom('', '', ' ', '  ');
const indented = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(by) + line))
    .join('\n');
