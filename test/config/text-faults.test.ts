import { describe, expect, it } from 'vitest';
import { MAX_BYTES } from '../../src/config/decode.ts';
import { loadConfig } from '../../src/config/load.ts';
import { faultLine, faultsOf, loadText } from './load-text.ts';
import { VALID } from './valid-config.ts';

const bytesFaults = async (bytes: Uint8Array): Promise<readonly string[]> =>
  (await loadConfig(bytes, 't.yaml')).faults.map(faultLine);

describe('bytes', () => {
  it('over 8 MiB are not read', async () => {
    expect(await bytesFaults(new Uint8Array(MAX_BYTES + 1).fill(0x20))).toEqual([
      '1:1 «» error too-large: the file has 8.0 MiB; at most 8 MiB are read | is it the right file?',
    ]);
  });

  it('up to 8 MiB are', async () => {
    const text = VALID + '#'.repeat(MAX_BYTES - VALID.length);
    expect((await loadText(text)).spec).toBeDefined();
  });

  it.each([
    [
      'a stray byte',
      [0x61, 0x3a, 0x0a, 0xc3, 0xa4, 0xff, 0x62],
      '2:2 «�» error not-utf8: the file is not UTF-8 | save it as UTF-8',
    ],
    [
      'Latin-1',
      [0x61, 0x3a, 0x20, 0xe4, 0x20, 0x62],
      '1:4 «�» error not-utf8: the file is not UTF-8 | save it as UTF-8',
    ],
    ['a cut end', [0x61, 0x3a, 0x20, 0xe2, 0x82], '1:4 «�» error not-utf8: the file is not UTF-8 | save it as UTF-8'],
    [
      'UTF-16',
      [0xff, 0xfe, 0x61, 0x00],
      '1:1 «�» error not-utf8: the file is not UTF-8 | it looks like UTF-16: save it as UTF-8',
    ],
    ['an overlong sequence', [0xc0, 0x80], '1:1 «�» error not-utf8: the file is not UTF-8 | save it as UTF-8'],
    [
      'NUL',
      [0x61, 0x3a, 0x0a, 0x62, 0x00],
      '2:2 «\0» error control-character: the character U+0000 is not allowed | remove it',
    ],
    [
      'ESC',
      [0x61, 0x3a, 0x20, 0x1b, 0x5b],
      '1:4 «\x1b» error control-character: the character U+001B is not allowed | remove it',
    ],
  ])('of %s are told with their place', async (_, bytes, expected) => {
    expect(await bytesFaults(new Uint8Array(bytes))).toEqual([expected]);
  });

  it('may begin with a byte order mark, which does not count as a column', async () => {
    expect((await loadText(`\ufeff${VALID}`)).spec).toBeDefined();
    expect(await faultsOf(`\ufeffnmae: t\n`)).toContainEqual(expect.stringMatching(/^1:1 «nmae» error unknown-key/));
  });

  it('may end lines with CR LF', async () => {
    const { spec, faults } = await loadText(VALID.replaceAll('\n', '\r\n'));
    expect(faults).toEqual([]);
    expect(spec?.commands[3]?.command).toBe('restart|5');
    const [fault] = (await loadText('name: t\r\nnmae: t\r\n')).faults.filter(({ code }) => code === 'unknown-key');
    expect(fault).toMatchObject({ line: 2, column: 1, source: 'nmae: t' });
  });
});

describe('syntax', () => {
  it.each([
    ['', '1:1 «» error empty-file: the file is empty | `tm init` writes a test to begin with'],
    [
      '# hello\n',
      '1:1 «#» error empty-file: the file holds nothing but comments | `tm init` writes a test to begin with',
    ],
    [
      '---\n...\n',
      '1:1 «-» error empty-file: the file holds nothing but comments | `tm init` writes a test to begin with',
    ],
    ['a:\n\tb: 1\n', '2:1 «\t» error syntax: a tab stands in the indentation | indent with spaces'],
    [
      'a: [1, 2\nb: 3\n',
      '1:4 «[» error syntax: a closing ] is missing | close this one, and indent all its lines deeper than the key before it',
    ],
    [
      'a: {b: 1\n',
      '1:4 «{» error syntax: a closing } is missing | close this one, and indent all its lines deeper than the key before it',
    ],
    [
      'a: "b\nc: 1\n',
      '1:4 «"» error syntax: a closing " is missing | end the text with the quote that it begins with here',
    ],
    ["a: 'b\n", "1:4 «'» error syntax: a closing ' is missing | end the text with the quote that it begins with here"],
    [
      'a: b: c\n',
      '1:4 «b» error syntax: a second `:` or a wrong indentation | put quotes around the text, or line it up with the keys above',
    ],
    ['a: 1\nb\n', '2:1 «b» error syntax: a `:` is missing after this key | write `key: value`'],
    [
      'a\nb: 1\n',
      '1:1 «a» error syntax: a `:` is missing on this line | write `key: value`, or put quotes around a longer text',
    ],
    ['a: @x\n', '1:4 «@» error syntax: text may not begin with this character | put quotes around it'],
    [
      'a: "\\q"\n',
      '1:5 «\\» error syntax: this is no escape sequence of YAML | double the backslash, or use single quotes',
    ],
    ['a: - b\n', '1:4 «-» error syntax: a list begins behind its key | begin it on the next line, or write [a, b]'],
    [
      'a: [1]]\n',
      '1:7 «]» error syntax: this does not belong here | is a quote, a comma or a bracket missing before it, or is the indentation wrong?',
    ],
    ['a: &x &y 1\n', '1:7 «&y» error syntax: a value has one anchor at most | remove one'],
    ['a: &x 1\nb: &y *x\n', '2:7 «*x» error syntax: an alias takes no anchor and no tag | remove it'],
  ])('%j', async (text, expected) => {
    expect(await faultsOf(text)).toEqual([expected]);
  });

  it('tells one fault a line, and not more than ten', async () => {
    const faults = await faultsOf(Array.from({ length: 30 }, (_, i) => `k${i}: a: b: c: d`).join('\n'));
    expect(faults).toHaveLength(10);
  });

  it('finds nothing to use behind a directive', async () => {
    expect((await loadText('%FOO\n---\n')).faults.map(({ code }) => code)).toEqual(['unknown-directive', 'empty-file']);
  });

  it('warns of tags and directives that are not known', async () => {
    const faults = await faultsOf(`%FOO bar\n---\n${VALID.replace('name: smoke', 'name: !mine smoke')}`);
    expect(faults).toEqual([
      '1:1 «%FOO bar» warning unknown-directive: unknown directive %FOO | remove it',
      '3:7 «!mine» warning unknown-tag: the tag is not known and does nothing | remove it',
    ]);
  });
});

describe('documents', () => {
  const second = (line: number) =>
    `${line}:1 «---» error several-documents: a second document begins here, and a test is one document | put it into a file of its own, or remove the \`---\` or \`...\` before it`;

  it('there may be one, with or without its marks', async () => {
    expect(await faultsOf(`---\n${VALID}...\n`)).toEqual([]);
  });

  it('a second one is a fault, and the first is checked all the same', async () => {
    const lines = VALID.split('\n').length;
    expect(await faultsOf(`${VALID}---\nname: other\n`)).toEqual([second(lines)]);
    expect(await faultsOf(`${VALID.replace('alice, bob]', 'alcie, bob]')}---\nname: other\n`)).toEqual([
      '39:66 «alcie» error unknown-peer: unknown peer "alcie" in bootstrap | did you mean "alice"?',
      second(lines),
    ]);
  });
});

describe('keys', () => {
  it('that are repeated are shown where they stand the second time', async () => {
    expect(await faultsOf(VALID.replace('log_level: debug', 'name: again'))).toEqual([
      '50:1 «name» error duplicate-key: duplicate key "name" | the first is on line 1',
    ]);
    expect(await faultsOf(VALID.replace('name: charlie,', 'name: charlie, name: carl,'))).toEqual([
      '39:22 «name» error duplicate-key: duplicate key "name" | the first is on line 39',
    ]);
  });

  it('must be text', async () => {
    expect(await faultsOf(`${VALID}? [a, b]\n: c\n`)).toEqual([
      '51:3 «[a, b]» error bad-key: a key is wanted here, and it must be text | put quotes around it',
    ]);
  });

  it('of JavaScript mean nothing', async () => {
    const { spec, faults } = await loadText(
      `${VALID}x-a: { __proto__: { name: evil }, constructor: 1 }\n__proto__: {}\n`,
    );
    expect(spec).toBeUndefined();
    expect(faults.map(({ code, line }) => `${line} ${code}`)).toEqual(['52 unknown-key']);
    const environment = VALID.replace('RUST_LOG: info', '__proto__: x');
    expect(Object.keys((await loadText(environment)).spec?.peers[0]?.environment ?? {})).toEqual(['__proto__', 'ROLE']);
  });
});

describe('aliases', () => {
  it('and merge keys stand for what they name; own keys and earlier maps win', async () => {
    const { spec, faults } = await loadText(`x-base: &base { image: i, environment: { A: base } }
x-more: &more { image: other, cpus: 2, runs_on: &tag arm }
name: t
redis: { port: 1, image: i }
hosts: [{ address: h, tags: [*tag] }]
peers:
  - { name: a, <<: *base }
  - { <<: [*base, *more], name: b, environment: { B: own } }
commands: [{ time: 0, peer: a, command: c }, { time: 0, peer: b, command: c }]
`);
    expect(faults).toEqual([]);
    expect(spec?.peers).toMatchObject([
      { name: 'a', image: 'i', environment: { A: 'base' }, runsOn: [] },
      { name: 'b', image: 'i', environment: { B: 'own' }, cpus: 2, runsOn: ['arm'] },
    ]);
  });

  it('lead to the place where the fault stands, which is told once', async () => {
    const text = VALID.replace('log_level: debug', 'x-peer: &peer { imgae: i }').replace(
      'peers:',
      'x-p: &p { imgae: i }\npeers:',
    );
    const faults = await faultsOf(
      text
        .replace('  - name: bob\n', '  - <<: *p\n    name: bob\n')
        .replace('- { name: charlie,', '- { <<: *p, name: charlie,'),
    );
    expect(faults).toEqual(['26:11 «imgae» error unknown-key: unknown key "imgae" in a peer | did you mean "image"?']);
  });

  it.each([
    [
      'a: *nobody\n',
      '«*nobody» error unknown-alias: nothing above is called &nobody | put quotes around it if "*nobody" is meant as text',
    ],
    ['a: &a [*a]\n', '«*a» error alias-in-itself: *a stands inside of &a itself | a value cannot hold itself'],
    [
      'a: { <<: 1 }\n',
      '«1» error bad-merge: `<<` takes a map or a list of maps | give it an alias of a map, such as *base',
    ],
  ])('%j', async (text, expected) => {
    expect(await faultsOf(`${VALID}x-${text}`)).toEqual([
      // The place is the one that the quoted text has on the last line.
      `51:${`x-${text}`.indexOf(/«(.*?)»/.exec(expected)?.[1] ?? '') + 1} ${expected}`,
    ]);
  });

  it('of a name that is used twice mean the last one before them', async () => {
    const text = VALID.replace('name: smoke-5peer', 'x-a: &n one\nx-b: &n two\nname: *n\nx-c: &n three');
    expect((await loadText(text)).spec?.test).toBe('two');
  });
});
