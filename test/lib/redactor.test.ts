import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/lib/redactor.ts';
import { Secret } from '../../src/lib/secret.ts';

function hiding(...secrets: readonly string[]): Redactor {
  const redactor = new Redactor();
  redactor.hide(...secrets.map((text) => new Secret(text)));
  return redactor;
}

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<string> {
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield text.slice(at, at + size);
    at += size;
  }
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

describe('a redactor', () => {
  test('leaves a text alone until it is told a secret, and then puts a word in its place', () => {
    const redactor = new Redactor();
    expect(redactor.text('redis://:hunter2@h1')).toBe('redis://:hunter2@h1');
    redactor.hide(undefined, new Secret('hunter2'));
    expect(redactor.text('redis://:hunter2@h1, again hunter2')).toBe('redis://:[redacted]@h1, again [redacted]');
    expect([redactor.finds('hunter2'), redactor.finds('hunter')]).toEqual([true, false]);
  });

  test('knows a secret as URLs and JSON write it', () => {
    const secret = 'p@ss/w "ö\\$1';
    const redactor = hiding(secret);
    const url = new URL('redis://host');
    url.password = secret;
    const forms = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      encodeURIComponent(secret).replaceAll('%20', '+'),
      url.password,
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of forms) expect(redactor.text(`<${form}>`), form).toBe('<[redacted]>');
  });

  test('knows a secret that was given as a URL has it', () => {
    expect(hiding('p%40ssword').text('p@ssword p%40ssword')).toBe('[redacted] [redacted]');
  });

  test('leaves out the whole of the longer of two that begin alike', () => {
    expect(hiding('hunter', 'hunter2000').text('hunter2000 hunter2')).toBe('[redacted] [redacted]2');
  });

  test('does not look for what would be found everywhere', () => {
    expect(hiding('abc', '').text('abcabc')).toBe('abcabc');
  });

  test('looks into data, keeps its shape, and what it is told to keep', () => {
    const value = {
      type: 'type',
      peers: ['type', 'b'],
      deep: [{ type: 'type', text: 'a type', peers: [{ text: 'type' }] }],
      vars: { type: 'type' },
      n: 1,
    };
    const kept = { names: new Set(['type', 'peers']), notBelow: new Set(['vars']) };
    expect(hiding('type').value(value, kept)).toEqual({
      type: 'type',
      peers: ['type', 'b'],
      deep: [{ type: 'type', text: 'a [redacted]', peers: [{ text: '[redacted]' }] }],
      vars: { type: '[redacted]' },
      n: 1,
    });
  });

  test('finds a secret in a stream however that is cut', async () => {
    const secrets = ['hunter2', 'hunter2000', 'xyxyx'];
    const redactor = hiding(...secrets);
    const texts = fc.array(fc.constantFrom(...secrets, 'hunt', 'xy', 'x', ' ', 'ü\n', '2000'), { maxLength: 12 });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(texts, sizes, async (parts, cuts) => {
        const text = parts.join('');
        const streamed = await joined(redactor.stream(inPieces(text, cuts)));
        expect(streamed).toBe(redactor.text(text));
        for (const secret of secrets) expect(streamed).not.toContain(secret);
      }),
    );
  });

  test('passes a stream through where there is nothing to hide', async () => {
    expect(await joined(new Redactor().stream(inPieces('hunter2', [3])))).toBe('hunter2');
  });
});
