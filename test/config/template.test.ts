import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../src/config/expression.ts';
import type { LoadOptions } from '../../src/config/load.ts';
import { readFullYaml } from '../../src/config/read-full-yaml.ts';
import { fillIn, type TemplateOptions } from '../../src/config/template.ts';
import type { Node } from '../../src/config/tree.ts';
import { plainValue } from '../../src/config/tree.ts';
import { faultsOf as allFaultsOf, loadText } from './load-text.ts';
import { VALID } from './valid-config.ts';

/** A small config around some lines of its own. */
const config = (lines: string): string => `name: t
redis: { runtime: process, port: 6399 }
hosts: [{ name: here, address: localhost, runtime: process }]
peers: []
commands: []
${lines}`;

/** That it has no peers is no matter here. */
const faultsOf = async (text: string, options?: LoadOptions): Promise<readonly string[]> =>
  (await allFaultsOf(text, options)).filter((fault) => !fault.includes(' no-peers: '));

/** What a file comes to, without its `vars` and `matrix`. */
function filledIn(text: string, options?: TemplateOptions): Record<string, unknown> {
  const {
    vars: _vars,
    matrix: _matrix,
    ...rest
  } = plainValue(fillIn(treeOf(text), text, options).tree) as Record<string, unknown>;
  return rest;
}

function treeOf(text: string): Node {
  const { tree, faults } = readFullYaml(text);
  if (tree === undefined || faults.length > 0) throw new Error(`no YAML: ${JSON.stringify(faults)}`);
  return tree;
}

describe('a value', () => {
  it.each([
    ['3', 3],
    ['1.10', 1.1],
    ['true', true],
    ['quic', 'quic'],
    ['"3"', '3'],
    ['', null],
  ])('that is one expression has the type of its var: %s', (written, value) => {
    expect(filledIn(`vars: { x: ${written} }\na: \${{ vars.x }}\nb: "\${{vars.x}}"\n`)).toEqual({ a: value, b: value });
  });

  it('has vars among its text as they are written', () => {
    const text = 'vars: { v: 1.10, n: null, t: true }\na: v${{ vars.v }}-${{ vars.t }}${{ vars.n }}.\n';
    expect(filledIn(text)).toEqual({ a: 'v1.10-true.' });
  });

  it('takes the environment as text among text, and alone as the number or boolean that it looks like', () => {
    const environment = { PORT: '12000', ON: 'true', EMPTY: '', NIL: 'null', VERSION: '1.10' };
    const text = 'a: ${{ env.PORT }}\nb: p${{ env.PORT }}\nc: ${{ env.ON }}\nd: ${{ env.EMPTY }}\ne: ${{ env.NIL }}\n';
    expect(filledIn(text, { environment })).toEqual({ a: 12000, b: 'p12000', c: true, d: '', e: 'null' });
  });

  it('is filled in within lists, maps, block texts and quotes, but not in keys', () => {
    const text = `vars: { x: 7 }
a:
  - \${{ vars.x }}
  - { b: "\${{ vars.x }}/\${{ vars.x }}" }
c: |
  one \${{ vars.x }}
  two
"\${{ vars.x }}": key
`;
    expect(filledIn(text)).toEqual({ a: [7, { b: '7/7' }], c: 'one 7\ntwo\n', '${{ vars.x }}': 'key' });
  });

  it('keeps $${{ as ${{, and looks at nothing twice', () => {
    const text = 'vars: { x: "$${{ vars.x }}" }\na: ${{ vars.x }}\nb: $${{ env.NO }} ${{ vars.x }}\nc: $$$${{\n';
    expect(filledIn(text)).toEqual({ a: '${{ vars.x }}', b: '${{ env.NO }} ${{ vars.x }}', c: '$$${{' });
  });

  it('is reached by aliases and merge keys', () => {
    const text = `vars: { x: 7, y: &y "n\${{ vars.x }}" }
base: &base { p: "\${{ vars.x }}", q: *y }
a: *base
b: { <<: *base, p: 1 }
`;
    const base = { p: 7, q: 'n7' };
    expect(filledIn(text)).toEqual({ base, a: base, b: { ...base, p: 1 } });
  });

  it('stands as text where text is wanted, as it is written', async () => {
    const { spec } = await loadText(
      config(
        'vars: { v: 1.10, on: true }\nimages: ["${{ vars.v }}"]\npeer_environment: { V: "${{ vars.v }}", ON: "${{ vars.on }}" }\n',
      ),
    );
    expect(spec?.images).toEqual(['1.10']);
  });
});

describe('vars', () => {
  it('see the environment, the vars above them and those of the matrix', () => {
    const text = `matrix: { size: [3, 9] }
vars: { home: "\${{ env.HOME }}", dir: "\${{ vars.home }}/\${{ vars.size }}" }
a: \${{ vars.dir }}
`;
    expect(filledIn(text, { environment: { HOME: '/h' }, cell: 1 })).toEqual({ a: '/h/9' });
  });

  it('may come by merge keys, and their own entries win', () => {
    const text =
      'x-base: &base { a: 1, b: 2 }\nvars: { <<: *base, b: "${{ vars.a }}1" }\nc: ${{ vars.a }}/${{ vars.b }}\n';
    expect(filledIn(text)).toMatchObject({ c: '1/11' });
  });

  it('are replaced by those of the command line, read as YAML reads them', () => {
    const text =
      'vars: { a: 1, b: 1, c: x, d: 1 }\nr: ["${{ vars.a }}", "${{ vars.b }}", "${{ vars.c }}", "${{ vars.d }}"]\n';
    const vars = [
      ['a', '9'],
      ['b', '"9"'],
      ['c', ''],
      ['d', '1'],
      ['d', "it's ${{ vars.a }}"],
    ] as const;
    expect(filledIn(text, { vars })).toEqual({ r: [9, '9', null, "it's ${{ vars.a }}"] });
  });

  it('that are replaced need nothing of what they name', async () => {
    const text = config('vars: { a: 1, b: "${{ env.NOT_SET }}${{ vars.a }}" }\nx-1: ${{ vars.b }}\n');
    expect(await faultsOf(text, { vars: [['b', '2']] })).toEqual([]);
  });

  it('are told as text in the spec, without what must not be shown', async () => {
    const text = config(`vars: { size: 3, api_token: abcdef, url: "redis://u:pw@h", mixed: "<\${{ env.DB_PASSWORD }}>" }
x-1: ["\${{ vars.size }}", "\${{ vars.api_token }}", "\${{ vars.url }}", "\${{ vars.mixed }}"]
`);
    const { spec, secrets } = await loadText(text, { environment: { DB_PASSWORD: 's3cret' } });
    expect(spec?.vars).toEqual({
      size: '3',
      api_token: '[redacted]',
      url: 'redis://u:[redacted]@h',
      mixed: '<[redacted]>',
    });
    expect(secrets.map((secret) => secret.reveal()).toSorted()).toEqual(['abcdef', 's3cret']);
    expect(JSON.stringify(secrets)).not.toContain('s3cret');
  });
});

describe('a matrix', () => {
  const text = config('matrix: { size: [3, 9], t: [tcp, quic, 1.10] }\nx-1: ${{ vars.size }}${{ vars.t }}\n');
  const names = (loaded: Awaited<ReturnType<typeof loadText>>): readonly string[] =>
    loaded.cells.map(({ name }) => name);

  it('has its combinations in the order of the file, the last var changing fastest', async () => {
    const loaded = await loadText(text);
    expect(names(loaded)).toEqual([
      'size=3 t=tcp',
      'size=3 t=quic',
      'size=3 t=1.10',
      'size=9 t=tcp',
      'size=9 t=quic',
      'size=9 t=1.10',
    ]);
    expect(loaded.spec?.vars).toEqual({ size: '3', t: 'tcp' });
    expect((await loadText(text, { cell: 5 })).spec?.vars).toEqual({ size: '9', t: '1.10' });
  });

  it('gives way to the command line, which leaves fewer combinations', async () => {
    expect(names(await loadText(text, { vars: [['size', '4']] }))).toEqual([
      'size=4 t=tcp',
      'size=4 t=quic',
      'size=4 t=1.10',
    ]);
  });

  it('wins over vars, which then give the defaults', async () => {
    const both = config('vars: { size: 1 }\nmatrix: { size: [3, 9] }\nx-1: ${{ vars.size }}\n');
    expect((await loadText(both, { cell: 1 })).spec?.vars).toEqual({ size: '9' });
    expect([...((await loadText(both)).declared ?? [])]).toEqual(['size']);
  });

  it('has at most 256 combinations', async () => {
    const list = `[${Array.from({ length: 17 }, (_, index) => index).join(', ')}]`;
    const faults = await faultsOf(config(`matrix: { a: ${list}, b: ${list} }\nx-1: \${{ vars.a }}\${{ vars.b }}\n`));
    expect(faults).toEqual([
      '6:1 «matrix» error too-many-cells: the matrix has 289 combinations, and 256 is the most | leave values out, or set a var with --var',
    ]);
  });
});

describe('faults', () => {
  const environment = { HOME: '/h', EMPTY: '' };
  const faults = (lines: string): Promise<readonly string[]> => faultsOf(config(lines), { environment });

  it.each<[string, string, readonly string[]]>([
    [
      'an unknown var',
      'vars: { size: 3 }\nx-1: a ${{ vars.siez }} b\nx-2: ${{ vars.size }}\n',
      ['7:8 «${{ vars.siez }}» error unknown-var: there is no var "siez" | did you mean "size"?'],
    ],
    [
      'an unknown var without any',
      'x-1: ${{ vars.size }}\n',
      ['6:6 «${{ vars.size }}» error unknown-var: there is no var "size" | add it: `vars: { size: … }`'],
    ],
    [
      'a variable that is not set; an empty one is',
      'x-1: "${{ env.HOEM }}"\nx-2: ${{ env.EMPTY }}\nx-3: ${{ env.constructor }}\n',
      [
        '6:7 «${{ env.HOEM }}» error unset-variable: the environment variable HOEM is not set | did you mean "HOME"?',
        '8:6 «${{ env.constructor }}» error unset-variable: the environment variable constructor is not set | set it where tm is started: constructor=… tm …',
      ],
    ],
    [
      'another source',
      'x-1: ${{ evn.HOME }}\nx-2: ${{ secrets.HOME }}\n',
      [
        '6:6 «${{ evn.HOME }}» error unknown-namespace: there is no "evn" to take "HOME" from | did you mean "env"? There are vars and env',
        '7:6 «${{ secrets.HOME }}» error unknown-namespace: there is no "secrets" to take "HOME" from | did you mean "vars"? There are vars and env',
      ],
    ],
    [
      'what is no name',
      'x-1: ${{ size }}\nx-2: ${{ }}\nx-3: ${{ vars.a + 1 }}\n',
      [
        '6:6 «${{ size }}» error bad-expression: "size" does not say where it comes from | write ${{ vars.size }} or ${{ env.size }}',
        '7:6 «${{ }}» error bad-expression: nothing stands between ${{ and }} | write ${{ vars.name }} or ${{ env.NAME }}, and $${{ for the characters ${{ themselves',
        '8:6 «${{ vars.a + 1 }}» error bad-expression: a name such as vars.size or env.HOME is wanted here | write ${{ vars.name }} or ${{ env.NAME }}, and $${{ for the characters ${{ themselves',
      ],
    ],
    [
      'expressions without an end',
      'vars: { a: 1 }\nx-1: b ${{ vars.a\nx-2: $${{ ${{ vars.a ${{ vars.a }}\n',
      [
        '7:8 «${{ vars.a» error unclosed-expression: a closing }} is missing | write ${{ vars.name }}, or $${{ for the characters ${{ themselves',
        '8:11 «${{ vars.a » error unclosed-expression: a closing }} is missing | write ${{ vars.name }}, or $${{ for the characters ${{ themselves',
      ],
    ],
    [
      'a var that names itself, one below, or a broken one',
      'vars:\n  a: ${{ vars.a }}\n  b: ${{ vars.c }}\n  c: ${{ vars.b }}\nx-1: ${{ vars.c }}\n',
      [
        '7:6 «${{ vars.a }}» error unknown-var: the var "a" cannot name itself | give it another value',
        '8:6 «${{ vars.c }}» error unknown-var: the var "c" stands below this one | a var can name only those above it: move it up',
      ],
    ],
    [
      'a matrix that names vars, or a value twice',
      'vars: { a: 1 }\nmatrix: { b: ["${{ vars.a }}", 2, 2] }\nx-1: ${{ vars.a }}${{ vars.b }}\n',
      [
        '7:16 «${{ vars.a }}» error unknown-var: values of the matrix cannot name vars | name it where the value is used, or write ${{ env.NAME }}',
        '7:35 «2» warning repeated-value: 2 stands in this list already | remove it',
      ],
    ],
    [
      'vars that nothing names',
      'vars: { a: 1, b: "${{ vars.a }}" }\nmatrix: { c: [1] }\n',
      [
        '6:15 «b» warning unused-var: nothing names the var "b" | write ${{ vars.b }}, or remove it',
        '7:11 «c» warning unused-var: nothing names the var "c" | write ${{ vars.c }}, or remove it',
      ],
    ],
    [
      'what the schema says of vars',
      'vars: { a: [1], 2b: 1 }\nmatrix: { c: 1, d: [] }\nx-1: ${{ vars.a }}\n',
      [
        '6:12 «[1]» error wrong-type: text, a number, true or false is wanted here, this is a list | write quic, say',
        '6:17 «2b» error bad-format: "2b" cannot be the name of a variable | write NAME: value',
        '6:17 «2b» warning unused-var: nothing names the var "2b" | write ${{ vars.2b }}, or remove it',
        '7:11 «c» warning unused-var: nothing names the var "c" | write ${{ vars.c }}, or remove it',
        '7:14 «1» error wrong-type: a list of values is wanted here, this is the number 1 | write c: [1]',
        '7:20 «[]» error out-of-range: a list of values is wanted here, and it is empty | write [3, 9], say',
        '7:17 «d» warning unused-var: nothing names the var "d" | write ${{ vars.d }}, or remove it',
      ],
    ],
    [
      'an expression without quotes inside of braces',
      'x-1: { a: ${{ vars.b }}, c: d }\n',
      [
        '6:11 «${{ vars.b }}» error unquoted-expression: inside of […] and {…} an expression needs quotes around it | write "${{ vars.b }}"',
      ],
    ],
  ])('%s', async (_, lines, expected) => {
    const told = (await faults(lines)).filter((fault) => !fault.includes('no-commands'));
    expect(told.toSorted()).toEqual([...expected].toSorted());
  });

  it('stand at the expression, also in block texts, over lines, and behind an alias', async () => {
    expect(
      await faults(
        'x-1: |\n  one\n  two ${{ vars.a }} ${{ vars.b }}\nx-2: "a\n  ${{ vars.c }}"\nx-3: &d ${{ vars.d }}\nx-4: [*d, *d]\n',
      ),
    ).toEqual([
      expect.stringContaining('8:7 «${{ vars.a }}» error'),
      expect.stringContaining('8:21 «${{ vars.b }}» error'),
      expect.stringContaining('10:3 «${{ vars.c }}» error'),
      expect.stringContaining('11:9 «${{ vars.d }}» error'),
    ]);
  });

  it('leave one fault where a value cannot be filled in, whatever is wanted there', async () => {
    const text = VALID.replace('port: 6399', 'port: ${{ vars.port }}').replace(
      'name: alice',
      'name: ${{ vars.alice }}',
    );
    expect((await faultsOf(text)).map((fault) => fault.replace(/ \|.*/, ''))).toEqual([
      '6:9 «${{ vars.port }}» error unknown-var: there is no var "port"',
      '27:11 «${{ vars.alice }}» error unknown-var: there is no var "alice"',
    ]);
  });

  it('of values stand at the expression that gave them', async () => {
    const text = VALID.replace('port: 6399', 'port: ${{ vars.a }}').replace(
      'base_port: 11984',
      'base_port: 1${{ vars.b }}',
    );
    expect(await faultsOf(`vars: { a: 99999, b: 2000 }\n${text}`)).toEqual([
      '7:9 «${{ vars.a }}» error out-of-range: a port from 1 to 65535 is wanted here, not 99999 | the most is 65535',
      '19:16 «1${{ vars.b }}» error wrong-type: a port from 1 to 65535 is wanted here, this is text | an expression has the type of its var where nothing stands beside it, and a var in quotes is text',
    ]);
  });

  it('keep vars of vars from growing without end', async () => {
    const vars = Array.from(
      { length: 60 },
      (_, index) => `  v${index + 1}: \${{ vars.v${index} }}\${{ vars.v${index} }}\n`,
    );
    const text = config(`vars:\n  v0: ${'x'.repeat(1000)}\n${vars.join('')}x-1: \${{ vars.v60 }}\n`);
    expect(await faultsOf(text)).toEqual([
      '20:8 «${{ vars.v12 }}» error too-large: with everything filled in up to here, the file has more than 8 MiB | vars of vars multiply: use fewer',
    ]);
  });
});

describe('without expressions', () => {
  it('nothing changes: neither the pieces of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ', 'vars.x') }), (text) => {
        fc.pre(!text.includes('${{'));
        expect(piecesOf(text)).toEqual(text === '' ? [] : [{ kind: 'text', text }]);
      }),
    );
  });

  it('nor the tree of a file, whatever its scalars', () => {
    const scalar = fc
      .string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ', '1', "'") })
      .filter((text) => !text.includes('${{'));
    fc.assert(
      fc.property(fc.array(scalar, { minLength: 1 }), (scalars) => {
        const text = `a:\n${scalars.map((one) => `- ${JSON.stringify(one)}\n`).join('')}`;
        const tree = treeOf(text);
        expect(fillIn(tree, text)).toMatchObject({ tree, faults: [], cells: [{ name: '', vars: {} }], unreadable: [] });
      }),
    );
  });

  it('nor a spec', async () => {
    expect((await loadText(VALID)).spec).toMatchObject({ test: 'smoke-5peer', vars: {} });
  });

  it('what is escaped comes out as it was meant', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('${{', '{', '}}', 'a', ' ') }), (text) => {
        const escaped = text.replaceAll('${{', () => '$${{');
        const pieces = piecesOf(escaped).map((piece) => (piece.kind === 'text' ? piece.text : '!'));
        expect(pieces.join('')).toBe(text);
      }),
    );
  });
});
