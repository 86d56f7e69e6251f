/** The documentation says what is so: links lead somewhere, commands and options exist, examples are valid, messages are tm's own. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS, OPTIONS } from '../src/cli/input/usage.ts';
import { loadConfig } from '../src/config/load.ts';
import { place } from '../src/plan/place.ts';

const ROOT = resolve(import.meta.dirname, '..');
// Besides what is hidden: what is built or installed.
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'target', 'build']);

const documents = markdownFiles(ROOT).map((path) => ({
  path: relative(ROOT, path),
  text: readFileSync(path, 'utf8'),
}));
const readme = textOf('README.md');

function markdownFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

function textOf(path: string): string {
  return documents.find((document) => document.path === path)?.text ?? '';
}

interface Block {
  readonly language: string;
  readonly text: string;
}

/** Blocks between fences, and the text around them. */
function blocksOf(text: string): { readonly blocks: readonly Block[]; readonly prose: string } {
  const blocks: Block[] = [];
  const prose = text.replace(/^```(\w*)\n([\s\S]*?)^```$/gm, (_all, language: string, inside: string) => {
    blocks.push({ language, text: inside });
    return '';
  });
  return { blocks, prose };
}

/** Anchors as GitHub makes them: lower case, no punctuation, a dash for each blank. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = blocksOf(text).prose.matchAll(/^#{1,6} +(.*)$/gm);
  return new Set([...headings].map(([, heading = '']) => anchorOf(heading)));
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replace(/ /g, '-');

const TM = /^(?:npx |node \S*\/)?tm(?:\.js)?(?= |$)/;

/** What a reader would type: inline code and the lines of blocks that are no other language's. */
function commandLinesOf(text: string): readonly string[] {
  const { blocks, prose } = blocksOf(text);
  const typed = blocks
    .filter(({ language }) => ['', 'sh'].includes(language))
    .flatMap((block) => block.text.split('\n'))
    .map((line) => line.replace(/^\$ /, '').replace(/ {2,}#.*$/, ''));
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...typed, ...inline].filter((line) => TM.test(line.trim()));
}

const linksOf = (text: string): readonly string[] =>
  [...blocksOf(text).prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);

describe.each(documents)('$path', ({ path, text }) => {
  test('leads only to files and headings that are there', () => {
    const broken = linksOf(text).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? join(ROOT, path) : resolve(ROOT, dirname(path), file);
      if (!existsSync(target)) return true;
      if (anchor === undefined) return false;
      return statSync(target).isDirectory() || !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names no command and no option that tm does not have', () => {
    const unknown = commandLinesOf(text).flatMap((line) => {
      const [first = '', ...rest] = line.trim().replace(TM, '').trim().split(/\s+/);
      const isCommand = first === '' || Object.hasOwn(COMMANDS, first) || /[./<[\-…]/.test(first);
      const options = [first, ...rest].flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []);
      const strange = options.filter((option) => !Object.hasOwn(OPTIONS, option));
      return [...(isCommand ? [] : [`tm ${first}`]), ...strange.map((option) => `--${option} in: ${line}`)];
    });
    expect(unknown).toEqual([]);
  });

  test('shows only whole configs that are valid', async () => {
    const wrong: unknown[] = [];
    for (const { language, text: yaml } of blocksOf(text).blocks) {
      if (language !== 'yaml' || !yaml.startsWith('# complete\n')) continue;
      const loaded = await loadConfig(new TextEncoder().encode(yaml), path, {
        path: join(ROOT, path),
        place: (fleet) => {
          const placement = place(fleet);
          return placement.kind === 'placed' ? placement.peers : [];
        },
      });
      wrong.push(...loaded.faults, ...(loaded.spec === undefined ? [`no spec: ${yaml}`] : []));
    }
    expect(wrong).toEqual([]);
  });
});

describe('README.md', () => {
  const firstCells = (heading: string): readonly string[] =>
    [...tableOf(readme, heading).matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell).slice(2);

  test('has every command in its table, and no other', () => {
    const named = firstCells('Command').map((cell) => /^`tm (\w+)?/.exec(cell)?.[1] ?? 'run');
    expect(named.toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
  });

  test('says with each command what it takes', () => {
    const shown = firstCells('Command').map((cell) => cell.replaceAll('`', ''));
    const wanted = Object.entries(COMMANDS).map(([name, text]) => {
      const file = text.config === 'required' ? ['<config>'] : text.config === 'optional' ? ['[config]'] : [];
      const operands = [...file, ...('operands' in text ? text.operands : [])].map((operand) => ` ${operand}`);
      return `tm${name === 'run' ? '' : ` ${name}`}${operands.join('')}`;
    });
    expect(shown.toSorted()).toEqual(wanted.toSorted());
  });

  test('has options of tm in its table', () => {
    const named = firstCells('Option').flatMap((cell) =>
      [...cell.matchAll(/--([a-z-]+)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !Object.hasOwn(OPTIONS, name))).toEqual([]);
  });
});

/** The table whose first heading is that one. */
function tableOf(text: string, heading: string): string {
  const start = text.indexOf(`| ${heading} |`);
  return text.slice(start, text.indexOf('\n\n', start));
}

describe('docs/troubleshooting.md', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'));

  test('has only messages that are in the code', () => {
    const headings = [...textOf('docs/troubleshooting.md').matchAll(/^#### `(.*)`$/gm)].map(([, title = '']) => title);
    expect(headings.length).toBeGreaterThan(40);
    // What stands between two `…`, or in quotes, is tm's own text; short pieces prove nothing.
    const pieces = headings.flatMap((title) => title.split(/"?…"?/).map((piece) => piece.trim()));
    const strange = pieces.filter((piece) => piece.length > 5 && !sources.some((source) => source.includes(piece)));
    expect(strange).toEqual([]);
  });
});
