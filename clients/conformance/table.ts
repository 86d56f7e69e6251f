import { REQUIREMENTS, type Requirement } from './requirement.ts';
import type { Report } from './suite.ts';
import { type Standing, standingOf } from './verdict.ts';

/** What the suite found out about one peer. */
export interface Column {
  readonly title: string;
  readonly report: Report;
}

const SIGNS: Readonly<Record<Standing, string>> = { holds: '✔', fails: '✖', warns: '⚠', 'not-shown': '○' };

const HEAD = `# Who keeps to the protocol

<!-- Written by \`npm run conformance -- --table --write\`. Change clients/conformance/table.ts instead. -->

The [conformance suite](../clients/conformance/README.md) ran the [reference peer](../examples/peer/README.md) of each language, and the
[plain script](protocol.md#a-whole-peer-in-shell) of the protocol's page, through a real Redis. This is what it found. Each requirement is a sentence of
[schemas/protocol.json](../schemas/protocol.json).

| sign | means |
|---|---|
| ✔ | it holds |
| ✖ | a MUST that does not hold |
| ⚠ | a SHOULD that does not hold |
| ○ | not shown: it does not concern this peer, or cannot be seen from outside |
`;

const SECTIONS = [
  { of: 'peer', level: 'must', title: 'A peer must' },
  { of: 'peer', level: 'should', title: 'A peer should' },
  { of: 'client', level: 'must', title: 'A client library must' },
] as const;

/** docs/conformance.md. */
export function formatTable(columns: readonly Column[]): string {
  const sections = SECTIONS.map(({ of, level, title }) => {
    const rows = REQUIREMENTS.filter((requirement) => requirement.of === of && requirement.level === level);
    return `## ${title}\n\n${tableOf(rows, columns)}`;
  });
  return `${HEAD}\n${sections.join('\n')}\n${reasons(columns)}`;
}

function tableOf(rows: readonly Requirement[], columns: readonly Column[]): string {
  const lines = [
    ['id', 'requirement', ...columns.map(({ title }) => title)],
    ['---', '---', ...columns.map(() => ':-:')],
    ...rows.map((row) => [`\`${row.id}\``, textOf(row), ...columns.map((column) => signOf(row, column))]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

// A bar ends a cell, in code too.
const textOf = (row: Requirement): string =>
  `${row.text}${row.if === undefined ? '' : ` (if ${row.if})`}`.replaceAll('|', '\\|');

function signOf({ id }: Requirement, { report }: Column): string {
  const result = report.results.find(({ requirement }) => requirement.id === id);
  return result === undefined ? '' : SIGNS[standingOf(result)];
}

/** Why something is not shown, once for each reason. */
function reasons(columns: readonly Column[]): string {
  const lines = columns.flatMap(({ title, report }) => {
    const idsOf = new Map<string, string[]>();
    for (const { finding, requirement } of report.results) {
      if (finding.kind !== 'not-shown') continue;
      idsOf.set(finding.because, [...(idsOf.get(finding.because) ?? []), requirement.id]);
    }
    return [...idsOf].map(
      ([because, ids]) =>
        `- ${title}: ${because} (${ids.length > 3 ? `${ids.length} requirements` : ids.map((id) => `\`${id}\``).join(', ')})\n`,
    );
  });
  return lines.length === 0 ? '' : `## Why some are not shown\n\n${lines.join('')}`;
}
