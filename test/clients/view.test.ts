import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { fails, notShown } from '../../clients/conformance/finding.ts';
import { conforms, sentenceOf } from '../../clients/conformance/verdict.ts';
import { formatReport } from '../../clients/conformance/view.ts';
import { MIXED, outcome } from './outcome.ts';

const plain = new Chalk({ level: 0 });

describe('the verdict', () => {
  it('is about MUSTs, and a SHOULD is a warning', () => {
    expect(conforms(outcome())).toBe(true);
    expect(conforms(MIXED)).toBe(false);
    expect(sentenceOf(outcome())).toBe('39 of 39 MUSTs hold');
    expect(sentenceOf(MIXED)).toBe(
      '1 of 37 MUSTs does not hold: P-STARTED; 1 SHOULD does not: P-SIGTERM; 2 are not shown',
    );
  });
});

describe('the sentence', () => {
  const of = (ids: readonly string[], findings: Parameters<typeof outcome>[0], isReference = true) => {
    const { results } = outcome(findings);
    return { isReference, results: results.filter(({ requirement }) => ids.includes(requirement.id)) };
  };

  it('counts one as one', () => {
    expect(sentenceOf(of(['P-STARTED'], {}))).toBe('1 of 1 MUST holds');
    expect(sentenceOf(of(['P-STARTED'], { 'P-STARTED': fails('a', 'b') }))).toBe(
      '1 of 1 MUST does not hold: P-STARTED',
    );
    expect(sentenceOf(of(['P-SIGTERM'], {}))).toBe('every SHOULD that could be shown holds');
  });

  it('says what share could be shown', () => {
    const report = of(['P-STARTED', 'P-STREAM-ID'], { 'P-STREAM-ID': notShown('it has none') });
    expect(sentenceOf(report)).toBe('every MUST that could be shown holds (1 of 2); 1 is not shown');
  });

  it('is no good one where nothing was shown', () => {
    for (const report of [
      of(['P-STREAM-ID'], { 'P-STREAM-ID': notShown('it has none') }),
      of(['C-SIGNALS'], { 'C-SIGNALS': notShown('it knows nothing') }, false),
    ]) {
      expect(conforms(report)).toBe(false);
      expect(sentenceOf(report)).toBe('nothing was shown of what was asked for');
      expect(formatReport(report, ['./peer'], { color: plain, verbose: false })).toMatch(/\n✖ nothing was shown.*\n$/);
    }
  });

  it('leaves out the client libraries of a peer that cannot show them', () => {
    const unknown = Object.fromEntries(
      outcome().results.flatMap(({ requirement: { id, of: whose } }) =>
        whose === 'client' ? [[id, notShown('it does not know the command')]] : [],
      ),
    );
    const report = { ...outcome(unknown), isReference: false };
    const options = { color: plain, verbose: false };
    const text = formatReport(report, ['./peer'], options);
    expect(conforms(report)).toBe(true);
    expect(sentenceOf(report)).toBe('16 of 16 MUSTs hold');
    expect(text).not.toContain('C-SIGNALS');
    expect(text).toContain("\nThe 23 requirements of client libraries need the reference peer's commands,");
    expect(formatReport(report, ['./peer'], { ...options, verbose: true })).toContain('○ C-SIGNALS');
  });

  it('tells of a peer that never started, with its last lines', () => {
    const output = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
    const neverStarted = { kind: 'never-started', saw: 'it exited with 255 after 0.1 s', output } as const;
    const report = { results: [], isReference: false, neverStarted };
    const text = formatReport(report, ['./peer'], { color: plain, verbose: false });
    expect(conforms(report)).toBe(false);
    expect(text).toContain('\n✖ it never said `started`: it exited with 255 after 0.1 s\n');
    expect(text.endsWith('        line 28\n        line 29\n')).toBe(true);
    expect(text).not.toContain('line 19\n');
  });
});

describe('the report', () => {
  const text = formatReport(MIXED, ['node', 'peer.js'], { color: plain, verbose: false });

  it('has a line for each requirement, with what was expected and seen', () => {
    expect(text).toContain('\n  ✔ P-ENV               takes the address');
    expect(text).toContain(
      '\n  ✖ P-STARTED           sets `started` or `started|<multiaddr>` as its first status\n      expected  `started`\n      saw       "hello"\n',
    );
    expect(text).toContain('\n  ⚠ P-SIGTERM ');
    expect(text.endsWith(`\n✖ ${sentenceOf(MIXED)}\n`)).toBe(true);
  });

  it('gives a reason that several in a row share once', () => {
    expect(text.match(/not shown: it does not write the status stream/g)).toHaveLength(1);
    expect(text).toMatch(/○ P-STREAM-BOTH .*\n {2}○ P-STREAM-ID .*\n {6}not shown: /);
  });

  it('shows what the peer wrote and sent where that is asked for', () => {
    const results = MIXED.results.map((result) => ({
      ...result,
      evidence: [{ state: 'it is running', output: 'oops\n', traffic: ['0 ms  #0  "PING" → "PONG"'] }],
    }));
    const verbose = formatReport({ ...MIXED, results }, ['./peer'], { color: plain, verbose: true });
    expect(verbose).toContain('      output:\n        oops\n      sent to Redis:\n        0 ms  #0  "PING" → "PONG"\n');
    expect(formatReport({ ...MIXED, results }, ['./peer'], { color: plain, verbose: false })).not.toContain('oops');
  });

  it('says the same in colours', () => {
    const colored = formatReport(MIXED, ['node', 'peer.js'], { color: new Chalk({ level: 1 }), verbose: false });
    expect(colored).not.toBe(text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(text);
  });
});
