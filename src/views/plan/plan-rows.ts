import { assertNever } from '../../lib/assert-never.ts';
import { formatBytes } from '../../lib/format-bytes.ts';
import type { Change, Transfer } from '../../model/plan.ts';
import { countOf } from '../count-of.ts';
import type { Tone } from '../palette.ts';
import { safeLine } from '../safe-text.ts';

/** One line of a plan, in words that are fit for a terminal, not yet laid out. */
export interface PlanRow {
  /** `+`, `~`, `-`, `-/+`, `=` or `!`. */
  readonly symbol: string;
  readonly tone: Tone;
  /** `container`, `image`, …; empty for a row that sums up others. */
  readonly kind: string;
  readonly name: string;
  /** `:11984/udp`, or empty. */
  readonly port: string;
  readonly detail: string;
  /** What is said more quietly behind it, or empty. */
  readonly note: string;
}

const SYMBOLS = {
  add: ['+', 'good'],
  update: ['~', 'caution'],
  remove: ['-', 'bad'],
  replace: ['-/+', 'caution'],
  keep: ['=', 'quiet'],
  conflict: ['!', 'bad'],
} as const satisfies Record<Change['kind'], readonly [string, Tone]>;

/** A change as a row. */
function planRow(change: Change): PlanRow {
  const { resource } = change;
  const [symbol, tone] = SYMBOLS[change.kind];
  return {
    symbol,
    tone,
    kind: resource.kind,
    name: safeLine(resource.kind === 'image' ? resource.ref : resource.name),
    port: portOf(resource),
    detail: safeLine(detailOf(change)),
    note: noteOf(change),
  };
}

/** Changes of one host as rows; what stays is summed up where it would push the rest off the screen. */
export function planRows(changes: readonly Change[], verbose: boolean): readonly PlanRow[] {
  const kept = changes.filter(({ kind }) => kind === 'keep');
  if (verbose || kept.length <= MOST_KEPT) return changes.map(planRow);
  return [...changes.filter(({ kind }) => kind !== 'keep').map(planRow), keptRow(kept)];
}

const MOST_KEPT = 3;

function keptRow(kept: readonly Change[]): PlanRow {
  const kinds = [...new Set(kept.map(({ resource }) => resource.kind))];
  const counts = kinds.map((kind) => {
    const count = kept.filter(({ resource }) => resource.kind === kind).length;
    return kind === 'process' && count > 1 ? `${count} processes` : countOf(count, kind);
  });
  const [symbol, tone] = SYMBOLS.keep;
  return { symbol, tone, kind: '', name: counts.join(', '), port: '', detail: 'as they should be', note: '' };
}

function portOf(resource: Change['resource']): string {
  switch (resource.kind) {
    case 'image':
      return '';
    case 'container':
    case 'process':
      return resource.port === undefined ? '' : `:${resource.port}/udp`;
    case 'redis':
      return resource.port === undefined ? '' : `:${resource.port}/tcp`;
    default:
      return assertNever(resource);
  }
}

/** The numbers of a transfer say already that an image is not there. */
function detailOf({ kind, because, transfer }: Change): string {
  if (transfer === undefined) return because;
  return kind === 'add' ? transferText(transfer) : `${because}; ${transferText(transfer)}`;
}

function transferText({ bytes, totalBytes, missingLayers, totalLayers }: Transfer): string {
  if (missingLayers === 0) return 'every layer is there, only the name is to send';
  if (missingLayers === totalLayers) return `${formatBytes(bytes)} to send`;
  const missing = `${missingLayers} of ${totalLayers} layers ${missingLayers === 1 ? 'is' : 'are'} missing`;
  return `${formatBytes(bytes)} of ${formatBytes(totalBytes)} to send (${missing})`;
}

/** Names what forces a replacement, unless the reason itself has just said the same word. */
function noteOf({ forcedBy, because }: Change): string {
  const [only, ...more] = forcedBy;
  if (only === undefined) return '';
  if (more.length === 0 && because.toLowerCase().includes(only.split(' ').at(-1) ?? only)) return '';
  return `# forces replacement: ${safeLine(forcedBy.join(', '))}`;
}
