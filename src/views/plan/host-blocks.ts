import type { HostName } from '../../model/names.ts';
import type { Change } from '../../model/plan.ts';
import type { HostSpec } from '../../model/spec.ts';
import { displayWidth } from '../display-width.ts';
import { padEnd, padStart, wrapText } from '../fit-text.ts';
import type { Palette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { type PlanRow, planRows } from './plan-rows.ts';

export interface BlockOptions {
  readonly palette: Palette;
  /** Columns. */
  readonly width: number;
  readonly verbose: boolean;
}

/** The changes of each host under its name, and those of the control machine under `this machine`; hosts without any are left out. */
export function hostBlocks(
  changes: readonly Change[],
  hosts: readonly Pick<HostSpec, 'name' | 'address'>[],
  options: BlockOptions,
): readonly string[] {
  const addresses = new Map(hosts.map(({ name, address }) => [name, address]));
  const places = [...new Set<HostName | 'control'>([...hosts.map(({ name }) => name), ...changes.map(({ on }) => on)])];
  const last = (on: string): number => (on === 'control' ? 1 : 0);
  const blocks = places
    .sort((a, b) => last(a) - last(b))
    .map((on) => ({
      on,
      rows: planRows(
        changes.filter((change) => change.on === on),
        options.verbose,
      ),
    }))
    .filter(({ rows }) => rows.length > 0);
  const columns = columnsOf(
    blocks.flatMap(({ rows }) => rows),
    options.width,
  );
  const titles = blocks.map(({ on }) => safeLine(on === 'control' ? 'this machine' : on));
  const titleWidth = Math.max(
    0,
    ...titles.filter((_title, index) => blocks[index]?.on !== 'control').map(displayWidth),
  );
  return blocks.flatMap(({ on, rows }, index) => {
    const title = titles[index] ?? '';
    const address = on === 'control' ? '' : safeLine(addresses.get(on) ?? '');
    const { strong, quiet } = options.palette.tone;
    const heading =
      address === '' || address === title
        ? strong(title)
        : `${strong(title)}${padEnd('', titleWidth - displayWidth(title))}  ${quiet(address)}`;
    return ['', `  ${heading}`, ...rows.flatMap((row) => rowLines(row, columns, options))];
  });
}

interface Columns {
  readonly kind: number;
  readonly name: number;
  readonly subject: number;
}

const INDENT = '  ';
const SYMBOL = 3;
/** A detail that would have to be wrapped into fewer columns than this goes to lines of its own. */
const NARROWEST_DETAIL = 24;

function columnsOf(rows: readonly PlanRow[], width: number): Columns {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(displayWidth));
  const ported = rows.filter(({ port }) => port !== '');
  const name = widest(ported.map((row) => row.name));
  const subjects = rows.map((row) => displayWidth(subjectOf(row, name)));
  // One very long image name should not push every reason to the right edge.
  const most = Math.max(20, Math.floor(width * 0.42));
  return {
    kind: widest(rows.map((row) => row.kind)),
    name,
    subject: Math.max(0, ...subjects.filter((one) => one <= most)),
  };
}

function subjectOf({ name, port }: PlanRow, nameWidth: number): string {
  return port === '' ? name : `${padEnd(name, nameWidth)}  ${port}`;
}

function rowLines(row: PlanRow, columns: Columns, { palette, width }: BlockOptions): readonly string[] {
  const { tone } = palette;
  const paint = tone[row.tone];
  const subject = subjectOf(row, columns.name);
  const kind = row.kind === '' ? '' : `${padEnd(row.kind, columns.kind)}  `;
  const room = kind === '' ? columns.subject + columns.kind + 2 : columns.subject;
  const left = INDENT.length + SYMBOL + 1 + columns.kind + 2 + columns.subject + 2;
  const head = `${INDENT}${paint(padStart(row.symbol, SYMBOL))} ${row.tone === 'quiet' ? tone.quiet(kind) : kind}`;
  const wide = displayWidth(row.detail) > width - left || row.note !== '';
  const own = displayWidth(subject) > room || (wide && width - left < NARROWEST_DETAIL);
  const indent = own ? INDENT.length + SYMBOL + 3 : left;
  const details = detailLines(row, width - indent, palette);
  const name = row.tone === 'quiet' ? tone.quiet(subject) : subject;
  if (details.length === 0) return [head + name];
  const under = (lines: readonly string[]): readonly string[] => lines.map((line) => ' '.repeat(indent) + line);
  if (own) return [head + name, ...under(details)];
  const [first, ...more] = details;
  return [`${head}${name}${padEnd('', room - displayWidth(subject))}  ${first}`, ...under(more)];
}

/** The reason, wrapped, with the note behind it where there is room. */
function detailLines({ detail, note, tone }: PlanRow, width: number, palette: Palette): readonly string[] {
  const { quiet } = palette.tone;
  const lines = detail === '' ? [] : wrapText(detail, width);
  const paint = tone === 'quiet' ? quiet : tone === 'bad' ? palette.tone.bad : (text: string) => text;
  const painted = lines.map(paint);
  if (note === '') return painted;
  const last = lines.at(-1);
  if (last !== undefined && displayWidth(last) + 2 + displayWidth(note) <= width) {
    return [...painted.slice(0, -1), `${painted.at(-1)}  ${quiet(note)}`];
  }
  return [...painted, ...wrapText(note, width).map(quiet)];
}
