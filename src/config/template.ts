import { isSecretName } from '../lib/redact.ts';
import { Secret } from '../lib/secret.ts';
import { describeVars } from './describe-vars.ts';
import { asWritten } from './expression.ts';
import { fillTree } from './fill-tree.ts';
import { Filler, type Variables } from './filler.ts';
import { type CellLabel, labelOf, type Matrix, readMatrix } from './matrix.ts';
import type { Path } from './path.ts';
import type { SpanFault } from './span-fault.ts';
import { type Entry, effectiveEntries, type Node } from './tree.ts';
import { givenValue, type VarValue } from './var-value.ts';

export interface TemplateOptions {
  /** Vars of the command line, as they are written there; they win over those of the file, the last of a name over the others. */
  readonly vars?: readonly (readonly [name: string, value: string])[];
  /** What `${{ env.X }}` is taken from. */
  readonly environment?: Variables;
  /** The combination of the matrix that is meant, from 0. */
  readonly cell?: number;
}

/** A tree with its vars filled in. */
export interface Filled {
  readonly tree: Node;
  readonly faults: readonly SpanFault[];
  /** Values whose expressions could not be filled in; the tree has them as they are written. */
  readonly unreadable: readonly Path[];
  /** The combinations of `matrix`, at least one. */
  readonly cells: readonly CellLabel[];
  /** What the command line may set. */
  readonly declared: ReadonlySet<string>;
  /** The vars as text, for people to read: without secrets. */
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: readonly Secret[];
}

/** The file's own keys that declare vars; in their values the rules are others than below the rest. */
const DECLARING: ReadonlySet<string> = new Set(['vars', 'matrix']);

/**
 * Fills `vars`, `matrix` and the environment into the values of a file: between its YAML and its schema, so that everything behind sees
 * plain values at the places where the file has its expressions. Nothing that was filled in is looked through again.
 */
export function fillIn(tree: Node, source: string, options: TemplateOptions = {}): Filled {
  const filler = new Filler(source, options.environment ?? {});
  const given = new Map((options.vars ?? []).map(([name, text]) => [name, givenValue(text)]));
  const sections = tree.kind === 'map' ? effectiveEntries(tree) : [];
  const matrixSection = sections.find(({ key }) => key === 'matrix');
  const matrix = readMatrix(entriesOf(matrixSection), matrixSection?.keySpan, filler, given);
  const vars = entriesOf(sections.find(({ key }) => key === 'vars'));
  const declared = new Set([...matrix.keys.keys(), ...vars.map(({ key }) => key)]);
  const values = valuesOf(vars, matrix, options.cell ?? 0, given, declared, filler);
  const filled = fillTree(tree, DECLARING, (node) => filler.fill(node, { values, declared }));
  warnOfUnused(filler, [...entriesOf(matrixSection), ...vars]);
  return {
    ...filled,
    faults: filler.faults,
    cells: matrix.cells.map((cell) => labelOf(cell, filler.secrets)),
    declared,
    vars: describeVars(values, filler.secrets),
    secrets: [...filler.secrets, ...secretVars(values)].map((text) => new Secret(text)),
  };
}

/** Shorter values are words such as `none` or `true`, and redacting those everywhere would spoil every text. */
const SHORTEST_SECRET = 6;

function* secretVars(values: ReadonlyMap<string, VarValue | 'broken'>): Generator<string> {
  for (const [name, value] of values) {
    if (value === 'broken' || !isSecretName(name)) continue;
    if (typeof value.value === 'string' && value.text.length >= SHORTEST_SECRET) yield value.text;
  }
}

const entriesOf = (section: Entry | undefined): readonly Entry[] =>
  section?.value.kind === 'map' ? effectiveEntries(section.value) : [];

/** The value of each var: those of the matrix first, then those of `vars`, each of which sees the ones before it. */
function valuesOf(
  vars: readonly Entry[],
  matrix: Matrix,
  cell: number,
  given: ReadonlyMap<string, VarValue>,
  declared: ReadonlySet<string>,
  filler: Filler,
): ReadonlyMap<string, VarValue | 'broken'> {
  const values = new Map<string, VarValue | 'broken'>(matrix.cells[cell] ?? matrix.cells[0] ?? []);
  for (const name of matrix.broken) values.set(name, 'broken');
  for (const { key: name, value: node } of vars) {
    const scope = { values, declared, inside: { kind: 'var', name } } as const;
    const instead = matrix.keys.has(name) ? values.get(name) : given.get(name);
    if (instead === undefined) {
      values.set(name, (node.kind === 'scalar' ? filler.fill(node, scope) : undefined) ?? 'broken');
    } else {
      if (node.kind === 'scalar') filler.check(node, scope);
      values.set(name, instead);
    }
  }
  return values;
}

/** Says nothing where an expression has a fault: it may be the one that was to name the var. */
function warnOfUnused(filler: Filler, declaring: readonly Entry[]): void {
  if (filler.faults.some(({ severity }) => severity === 'error')) return;
  const told = new Set(filler.used);
  for (const { key, keySpan } of declaring) {
    if (told.has(key)) continue;
    told.add(key);
    filler.tell(
      keySpan,
      'warning',
      'unused-var',
      `nothing names the var "${key}"`,
      `write ${asWritten(`vars.${key}`)}, or remove it`,
    );
  }
}
