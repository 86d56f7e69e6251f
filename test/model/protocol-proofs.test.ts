import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readProtocol } from './protocol.ts';
import { PROOFS } from './protocol-proofs.ts';

const wanted = readProtocol()
  .requirements.filter(({ of }) => of === 'tm')
  .map(({ id }) => id);

test('what the protocol asks of tm is proved by tests, and nothing else is claimed', () => {
  expect(Object.keys(PROOFS).toSorted()).toEqual(wanted.toSorted());
});

describe.each(Object.entries(PROOFS))('%s', (_id, proofs) => {
  test.each(proofs)('%s: %s', (file, title) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const tests = [...source.matchAll(/\b(?:test|it)(\.\w+)?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)];
    const found = tests.filter(([, , single = '', double = '']) => (single || double) === title);
    // Neither skipped nor the only one that runs.
    expect(found.map(([, modifier]) => modifier)).toEqual([undefined]);
  });
});
