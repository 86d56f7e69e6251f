import type { Figures } from './measure.ts';
import { percentile } from './percentile.ts';

/**
 * A Markdown table: a row a figure, a column a subject; in each cell the median of its rounds, and how many times that of `floor` it is
 * where that can be told.
 */
export function table(rounds: ReadonlyMap<string, readonly Figures[]>, floor: string): string {
  const names = [...rounds.keys()];
  const figures = Object.keys(rounds.get(floor)?.[0] ?? {});
  const median = (name: string, figure: string) =>
    percentile(
      (rounds.get(name) ?? []).map((one) => one[figure] ?? Number.NaN),
      50,
    );
  const cell = (name: string, figure: string) => {
    const value = median(name, figure);
    const ratio = value / median(floor, figure);
    if (name === floor || !Number.isFinite(ratio)) return shown(value);
    return `${shown(value)} (× ${shown(ratio)})`;
  };
  const rows = figures.map((figure) => [figure, ...names.map((name) => cell(name, figure))]);
  return [['', ...names], ['---', ...names.map(() => '---')], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Two digits that count, and all before the point. */
function shown(value: number): string {
  if (!Number.isFinite(value)) return '';
  return value >= 10 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));
}
