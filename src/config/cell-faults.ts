import type { ConfigFault } from '../model/fault.ts';
import type { CellLabel } from './matrix.ts';

/** What a load of one combination of a matrix found. */
export interface CellFaults {
  readonly cell: CellLabel;
  readonly faults: readonly ConfigFault[];
}

/** The faults of all combinations, each told once; the combination is named where the others do not have the fault. */
export function cellFaults(cells: readonly CellFaults[]): readonly ConfigFault[] {
  const found = new Map<string, { readonly fault: ConfigFault; readonly names: string[] }>();
  for (const { cell, faults } of cells) {
    for (const fault of faults) {
      const key = `${fault.line}:${fault.column} ${fault.code} ${fault.message}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { fault, names: [cell.name] });
      else known.names.push(cell.name);
    }
  }
  return [...found.values()]
    .map(({ fault, names }) =>
      names.length === cells.length ? fault : { ...fault, message: `${fault.message}${where(names)}` },
    )
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function where([first, ...more]: readonly string[]): string {
  const others =
    more.length === 0 ? '' : `, and with ${more.length === 1 ? more[0] : `${more.length} other combinations`}`;
  return ` (with ${first}${others})`;
}
