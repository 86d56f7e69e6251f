import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { conforms, sentenceOf } from '../../clients/conformance/verdict.ts';
import { formatReport } from '../../clients/conformance/view.ts';
import { MIXED, outcome } from './outcome.ts';

const plain = new Chalk({ level: 0 });

describe('the verdict', () => {
  it('is about MUSTs, and a SHOULD is a warning', () => {
    expect(conforms(outcome())).toBe(true);
    expect(conforms(MIXED)).toBe(false);
    expect(sentenceOf(outcome())).toBe('every MUST that could be shown holds (39 of 39)');
    expect(sentenceOf(MIXED)).toBe(
      '1 of 37 MUSTs does not hold: P-STARTED; 1 SHOULD does not: P-SIGTERM; 2 are not shown',
    );
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
