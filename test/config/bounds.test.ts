import { describe, expect, it } from 'vitest';
import { MAX_FAULTS } from '../../src/config/max-faults.ts';
import { loadText } from './load-text.ts';
import { VALID } from './valid-config.ts';

/** Far more than any of these takes, far less than what each takes without its bound: minutes, or all memory. */
const BOUND = { timeout: 15_000 };

const codesOf = async (text: string): Promise<readonly string[]> =>
  (await loadText(text)).faults.map(({ code }) => code);

describe('a hostile file costs seconds at most', () => {
  it('that doubles aliases', BOUND, async () => {
    const levels = Array.from({ length: 40 }, (_, level) => `x-${level + 1}: &l${level + 1} [*l${level}, *l${level}]`);
    expect(await codesOf(`x-0: &l0 [a, b]\n${levels.join('\n')}\n${VALID}`)).toEqual(['alias-bomb']);
  });

  it('that doubles merge keys', BOUND, async () => {
    const levels = Array.from(
      { length: 40 },
      (_, n) => `x-${n + 1}: &l${n + 1} { a${n}: *l${n}, <<: [*l${n}, *l${n}] }`,
    );
    expect(await codesOf(`x-0: &l0 { a: b }\n${levels.join('\n')}\n${VALID}`)).toEqual(['alias-bomb']);
  });

  it('but many plain aliases are honest', BOUND, async () => {
    const peers = Array.from({ length: 3000 }, (_, index) => `  - { name: p${index}, <<: *base }`).join('\n');
    const text = VALID.replace('peers:\n', `x-base: &base { image: i, runs_on: [arm] }\npeers:\n${peers}\n`);
    expect((await loadText(text)).spec?.peers).toHaveLength(3003);
  });

  it.each([
    ['[', 'too-deep', 100_000],
    ['{ a: ', 'too-deep', 10_000],
    ['- ', 'too-deep', 50_000],
    ['? ', 'too-deep', 50_000],
  ])('that nests %j', BOUND, async (piece, code, times) => {
    expect(await codesOf(`x-a:\n ${piece.repeat(times)}`)).toContain(code);
  });

  it.each(['[', '&a ', '!a ', '"a" ', '- ', ': a', '%A\n', '*a ', '? a\n', '\t', '# c\n', '\n'])(
    'that is 8 MB of %j',
    BOUND,
    async (piece) => {
      const { spec, faults } = await loadText(piece.repeat(Math.floor((8 * 1024 * 1024) / piece.length)));
      expect(spec).toBeUndefined();
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.length).toBeLessThanOrEqual(MAX_FAULTS);
    },
  );

  it.each([
    ['unknown keys', Array.from({ length: 200_000 }, (_, index) => `k${index}: 1\n`).join('')],
    ['duplicate keys', 'name: a\n'.repeat(200_000)],
    ['wrong items', `commands:\n${'- {}\n'.repeat(50_000)}`],
    ['variables', `peer_environment:\n${Array.from({ length: 100_000 }, (_, index) => `  k${index}: 1\n`).join('')}`],
    [
      'unknown peers',
      VALID.replace(
        'commands:\n',
        `commands:\n${Array.from({ length: 30_000 }, (_, n) => `  - { time: 0, peer: al-${n}, command: c }\n`).join('')}`,
      ),
    ],
  ])('that has very many %s', BOUND, async (_, text) => {
    const { faults } = await loadText(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(MAX_FAULTS);
  });
});
