import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Ground floor first. Folders of one tier do not import each other; `peer` stands apart. */
const TIERS: readonly (readonly string[])[] = [
  ['lib'],
  ['model'],
  ['config', 'plan', 'ports'],
  ['run', 'drivers', 'views'],
  ['cli'],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|tsx|js)$/.test(path))
  .sort();

/** Relative imports inside src, as paths from src; packages and Node's own modules with their name. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((specifier) => ({
    from: file,
    to: specifier.startsWith('.') ? relative(SRC, resolve(SRC, dirname(file), specifier)) : specifier,
  }));
}

const imports = files.flatMap(importsOf);
const inside = imports.filter(({ to }) => files.includes(to));
const folderOf = (path: string): string => path.split('/')[0] ?? '';
const tierOf = (folder: string): number => TIERS.findIndex((tier) => tier.includes(folder));

describe('the house', () => {
  test('reads some imports at all', () => {
    expect(inside.length).toBeGreaterThan(100);
  });

  test('a folder imports only from lower tiers', () => {
    const wrong = inside.filter(({ from, to }) => {
      const [importer, imported] = [folderOf(from), folderOf(to)];
      if (importer === imported) return false;
      if (importer === 'peer') return to !== 'model/wire.ts';
      if (imported === 'peer') return true;
      return tierOf(imported) >= tierOf(importer);
    });
    expect(wrong).toEqual([]);
  });

  test('every folder has a tier', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => folder !== 'peer' && tierOf(folder) < 0)).toEqual([]);
  });

  test('no file imports itself, by whatever way round', () => {
    expect(cycles()).toEqual([]);
  });

  test.each([
    ['chalk', ['views', 'cli']],
    ['listr2', ['views']],
    ['ink', ['views']],
    ['react', ['views']],
    ['ssh2', ['drivers']],
    ['docker-modem', ['drivers']],
    ['ioredis', ['drivers', 'peer']],
    ['execa', ['drivers']],
    ['xstate', ['run']],
    ['yaml', ['config']],
  ])('%s is known only to %j', (name, allowed) => {
    const users = imports
      .filter(({ to }) => to === name || to.startsWith(`${name}/`))
      .map(({ from }) => folderOf(from));
    expect([...new Set(users)].filter((folder) => !allowed.includes(folder))).toEqual([]);
  });
});

/** Each way round that imports make, once, as a list of files. */
function cycles(): readonly (readonly string[])[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of inside) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const imported of next.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
