/** What stands of a test, at a glance: the run under way, its hosts, its peers. */
import { assertNever } from '../../lib/assert-never.ts';
import { formatSeconds } from '../../lib/format-duration.ts';
import type { Fault } from '../../model/fault.ts';
import type { HostStatus, PeerStanding, TestStatus } from '../../model/test-status.ts';
import { parseStatus } from '../../model/wire.ts';
import { countOf } from '../count-of.ts';
import { displayWidth } from '../display-width.ts';
import { wrapText } from '../fit-text.ts';
import { type Marks, marksFor } from '../marks.ts';
import type { Output } from '../output.ts';
import { createPalette, type Tone } from '../palette.ts';
import type { RunFacts } from '../run-model/run-facts.ts';
import { silentSince } from '../run-model/silent-since.ts';
import { safeLine } from '../safe-text.ts';
import { paintSegments, plainSegments, type Segment } from '../segments.ts';
import { columnTime } from '../short-time.ts';
import { type StatusReport, statusHeadline } from './status-headline.ts';

type Line = readonly Segment[];

/** Lines for a person; each fits the terminal. */
export function statusLines(
  report: StatusReport,
  output: Pick<Output, 'color' | 'isTTY' | 'width'>,
  unicode: boolean,
): readonly string[] {
  const marks = marksFor(unicode);
  const palette = createPalette(output.color);
  const width = output.isTTY ? output.width() : Number.POSITIVE_INFINITY;
  const lines: readonly Line[] = [
    ...headline(report, marks, width),
    ...runLines(report),
    ...redisLines(report.status),
    [],
    [{ text: 'hosts', tone: 'quiet' }],
    ...hostLines(report.status.hosts, marks, width),
    ...peersHeading(report.status.peers, marks),
    ...peerLines(report, marks),
  ];
  return lines.map((line) => paintSegments(line, palette, width, marks.ellipsis));
}

/** The headline in one line, or a line for each of its parts where that would be too long. */
function headline(report: StatusReport, { dot }: Marks, width: number): readonly Line[] {
  const parts = statusHeadline(report);
  const length = parts.reduce((sum, { text }) => sum + displayWidth(text) + 3, -3);
  if (length > width) return parts.map((part, i) => (i === 0 ? [part] : [{ text: '  ' }, part]));
  return [parts.flatMap((part, i) => (i === 0 ? [part] : [{ text: ` ${dot} `, tone: 'quiet' } as const, part]))];
}

function runLines({ status: { holder }, last }: StatusReport): readonly Line[] {
  if (holder === undefined) return last === undefined ? [] : [fact('last run', last.run)];
  const { run, user, machine, pid, since } = holder;
  const started = `${since.slice(0, 10)} ${since.slice(11, 19)} UTC`;
  return [fact('run', run), fact('by', `${user} on ${machine}, process ${pid}, since ${started}`)];
}

function redisLines({ redis }: TestStatus): readonly Line[] {
  switch (redis.kind) {
    case 'none':
      return [];
    case 'answers':
      return [fact('redis', `Redis ${redis.version}`)];
    case 'unreachable':
      return [[...fact('redis', ''), { text: redis.fault.message, tone: 'bad' }]];
    default:
      return assertNever(redis);
  }
}

const fact = (label: string, text: string): Line => [{ text: `  ${label.padEnd(8)}  `, tone: 'quiet' }, { text }];

function hostLines(hosts: readonly HostStatus[], marks: Marks, width: number): readonly Line[] {
  const cells = hosts.map(({ host, address, ...rest }): readonly Segment[] => [
    rest.kind === 'reachable' ? { text: marks.good, tone: 'good' } : { text: marks.bad, tone: 'bad' },
    { text: host, tone: 'strong' },
    { text: address === host ? '' : address },
    ...(rest.kind === 'reachable'
      ? [{ text: rest.engine }, { text: rest.ours === 0 ? 'no peers' : countOf(rest.ours, 'peer') }]
      : [{ text: 'cannot be reached', tone: 'bad' } as const]),
  ]);
  return aligned(cells, 4).flatMap((line, i) => {
    const host = hosts[i];
    return host?.kind === 'unreachable' ? [line, ...faultLines(host.fault, marks, width)] : [line];
  });
}

function faultLines({ message, hint }: Fault, marks: Marks, width: number): readonly Line[] {
  const rail: Segment = { text: `      ${marks.log} `, tone: 'quiet' };
  const room = Math.max(20, width - 8);
  const rows = [message, ...(hint === undefined ? [] : [hint])].flatMap((text) => wrapText(safeLine(text), room));
  return rows.map((text) => [rail, { text }]);
}

/** Peers that a person counts at a glance; of more the heading tells how many stand how. */
const FEW = 8;

/** `peers  480 connected · 15 connecting · 5 not there`. */
function peersHeading(peers: readonly PeerStanding[], marks: Marks): readonly Line[] {
  if (peers.length === 0) return [];
  const heading: Segment = { text: 'peers', tone: 'quiet' };
  if (peers.length <= FEW) return [[], [heading]];
  const counts = new Map<string, number>();
  for (const standing of peers) {
    const runs = standing.container?.state === 'running';
    const word = parseStatus(standing.status ?? '').word || 'no status';
    const what = runs ? word : lifeOf(standing, marks).text;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return [[], [heading, { text: `  ${most.map(([what, count]) => `${count} ${what}`).join(` ${marks.dot} `)}` }]];
}

function peerLines({ status, facts }: StatusReport, marks: Marks): readonly Line[] {
  return aligned(
    status.peers.map((standing): readonly Segment[] => {
      const { mark, tone, text } = lifeOf(standing, marks);
      const { word, detail = '' } = parseStatus(standing.status ?? '');
      const known = facts?.peers.get(standing.peer);
      const told = known?.statuses.at(-1);
      const since = told === undefined || told.status !== standing.status ? '' : `since ${moment(told.atMs, facts)}`;
      const lastHeard = known === undefined ? undefined : silentSince(known);
      const silent = lastHeard !== undefined && standing.container?.state === 'running';
      return [
        silent ? { text: marks.caution, tone: 'caution' } : { text: mark, tone },
        { text: standing.peer, tone: 'strong' },
        { text, tone: tone === 'bad' ? 'bad' : 'plain' },
        word === '' && standing.container !== undefined ? { text: 'no status', tone: 'quiet' } : { text: word },
        silent ? { text: `silent since ${moment(lastHeard, facts)}`, tone: 'caution' } : { text: since, tone: 'quiet' },
        { text: standing.host ?? '' },
        { text: detail, tone: 'quiet' },
      ];
    }),
    6,
  );
}

function moment(atMs: number, facts: RunFacts | undefined): string {
  const zero = facts?.zeroMs;
  return zero === undefined || atMs < zero ? columnTime(atMs) : formatSeconds(atMs - zero);
}

function lifeOf(
  { container, status }: PeerStanding,
  marks: Marks,
): { readonly mark: string; readonly tone: Tone; readonly text: string } {
  if (container === undefined) return { mark: marks.waiting, tone: 'quiet', text: 'not there' };
  const { state, exitCode } = container;
  if (state === 'running') return { mark: marks.good, tone: 'good', text: 'running' };
  if (state !== 'exited' && state !== 'dead') return { mark: marks.caution, tone: 'caution', text: state };
  const text = exitCode === undefined ? 'ended' : `ended with ${exitCode}`;
  const clean = exitCode === undefined ? parseStatus(status ?? '').word === 'stopped' : exitCode === 0;
  return clean ? { mark: marks.stop, tone: 'quiet', text } : { mark: marks.bad, tone: 'bad', text };
}

/** Rows as lines with their first `columns` cells aligned, two columns apart; empty columns are left out. */
function aligned(rows: readonly (readonly Segment[])[], columns: number): readonly Line[] {
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(0, ...rows.map((row) => (row.length - 1 === i ? 0 : displayWidth(plainSegments(row.slice(i, i + 1)))))),
  );
  const trimmed = rows.map((row) => row.slice(0, row.findLastIndex((cell) => cell.text !== '') + 1));
  return trimmed.map((row) => [
    { text: '  ' },
    ...row.flatMap((cell, i): readonly Segment[] => {
      const width = widths[i] ?? 0;
      const own = displayWidth(plainSegments([cell]));
      if (own === 0 && width === 0) return [];
      const pad = i === row.length - 1 ? '' : ' '.repeat(Math.max(0, width - own) + (i === 0 ? 1 : 2));
      return [cell, { text: pad }];
    }),
  ]);
}
