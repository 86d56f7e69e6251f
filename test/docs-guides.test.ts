/** The guides show the programs that are tested: what a block says it is from stands in that file, and nothing of the file is left out. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

const GUIDES = [
  {
    guide: 'docs/guides/typescript.md',
    program: 'examples/counter/counter.ts',
    config: 'examples/counter/counter.yaml',
  },
  {
    guide: 'docs/guides/rust.md',
    program: 'clients/rust/examples/counter/main.rs',
    config: 'clients/rust/examples/counter/counter.yaml',
  },
  {
    guide: 'docs/guides/python.md',
    program: 'clients/python/examples/counter/counter.py',
    config: 'clients/python/examples/counter/counter.yaml',
  },
  {
    guide: 'docs/guides/go.md',
    program: 'clients/go/examples/counter/main.go',
    config: 'clients/go/examples/counter/counter.yaml',
  },
] as const;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A part of a file of the repository, as a document shows it. */
interface Part {
  readonly file: string;
  readonly text: string;
}

/** The fenced blocks that begin with a comment that is a path from the root of the repository, without that line. */
function partsOf(document: string): readonly Part[] {
  const blocks = document.matchAll(/^```[\w-]*\n(?:\/\/|#) ([\w.-]+(?:\/[\w.-]+)+)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, file = '', text = '']) => ({ file, text }));
}

/** The lines of `whole` that stand in none of the parts, blank ones aside. */
function leftOut(whole: string, parts: readonly string[]): readonly string[] {
  let rest = whole;
  for (const part of parts) rest = rest.replace(part.trimEnd(), () => '');
  return rest.split('\n').filter((line) => line.trim() !== '');
}

describe.each(GUIDES)('$guide', ({ guide, program, config }) => {
  const parts = () => partsOf(read(guide));

  test('names only files that are there', () => {
    expect(parts().filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('shows them as they are', () => {
    const wrong = parts().filter(({ file, text }) => !read(file).includes(text.trimEnd()));
    expect(wrong).toEqual([]);
  });

  test.each([program, config])('shows all of %s', (file) => {
    const shown = parts().flatMap((part) => (part.file === file ? [part.text] : []));
    expect(leftOut(read(file), shown)).toEqual([]);
  });
});
