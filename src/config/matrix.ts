import { describeVars } from './describe-vars.ts';
import type { Filler, Scope } from './filler.ts';
import type { Entry, Node, Span } from './tree.ts';
import type { VarValue } from './var-value.ts';

/** The most combinations that a test runs. */
const MAX_CELLS = 256;

/** One combination of the values of a matrix. */
export type Cell = readonly (readonly [name: string, value: VarValue])[];

/** A combination for people: without secrets. */
export interface CellLabel {
  /** `size=3 transport=tcp`; empty where there is no matrix. */
  readonly name: string;
  readonly vars: Readonly<Record<string, string>>;
}

/** What a combination is called; what is in `secrets` is not shown. */
export function labelOf(cell: Cell, secrets: ReadonlySet<string>): CellLabel {
  const vars = describeVars(cell, secrets);
  return {
    name: Object.entries(vars)
      .map(([name, text]) => `${name}=${text}`)
      .join(' '),
    vars,
  };
}

/** The matrix of a file, its own expressions filled in. */
export interface Matrix {
  /** At least one; the one of a file without a matrix is empty. In the order of the file, the last var changing fastest. */
  readonly cells: readonly Cell[];
  /** Vars that have a list here, with their keys. */
  readonly keys: ReadonlyMap<string, Span>;
  /** Vars whose list has no value that can be used. */
  readonly broken: ReadonlySet<string>;
}

/** Reads the lists of values; `given` replaces the list of a var by one value. What is no list of scalars is left to the schema. */
export function readMatrix(
  entries: readonly Entry[],
  at: Span | undefined,
  filler: Filler,
  given: ReadonlyMap<string, VarValue>,
): Matrix {
  const keys = new Map<string, Span>();
  const broken = new Set<string>();
  let cells: Cell[] = [[]];
  let total = 1;
  for (const { key, keySpan, value } of entries) {
    if (value.kind !== 'list') continue;
    keys.set(key, keySpan);
    const replaced = given.get(key);
    const values = replaced === undefined ? valuesOf(value.items, filler) : [replaced];
    if (values.length === 0) {
      broken.add(key);
      continue;
    }
    total *= values.length;
    const room = total <= MAX_CELLS ? values : values.slice(0, 1);
    cells = cells.flatMap((cell) => room.map((one): Cell => [...cell, [key, one]]));
  }
  if (total > MAX_CELLS && at !== undefined) {
    const message = `the matrix has ${total} combinations, and ${MAX_CELLS} is the most`;
    filler.tell(at, 'error', 'too-many-cells', message, 'leave values out, or set a var with --var');
  }
  return { cells, keys, broken };
}

function valuesOf(items: readonly Node[], filler: Filler): readonly VarValue[] {
  const values = new Map<string, VarValue>();
  const scope: Scope = { values: new Map(), declared: new Set(), inside: { kind: 'matrix' } };
  for (const item of items) {
    const filled = item.kind === 'scalar' ? filler.fill(item, scope) : undefined;
    if (filled === undefined) continue;
    const { value, text } = filled;
    const identity = `${typeof value} ${text}`;
    if (values.has(identity)) {
      filler.tell(item, 'warning', 'repeated-value', `${text} stands in this list already`, 'remove it');
    } else values.set(identity, { value, text });
  }
  return [...values.values()];
}
