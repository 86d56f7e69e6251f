import type { ChalkInstance } from 'chalk';
import { formatDuration } from '../../lib/format-duration.ts';
import type { Expectation } from '../../model/expectation.ts';
import type { Change, Plan, PlanSummary } from '../../model/plan.ts';
import type { HostSpec } from '../../model/spec.ts';
import { countOf } from '../count-of.ts';
import { wrapText } from '../fit-text.ts';
import { type Marks, marksFor } from '../marks.ts';
import { createPalette, type Palette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { closingLines } from './closing-line.ts';
import { expectationList } from './expectation-list.ts';
import { hostBlocks } from './host-blocks.ts';
import { type TableOptions, timelineTable } from './timeline-table.ts';

/** What a plan is about; a `Desired` is one. */
export interface PlanSubject {
  readonly spec: {
    readonly hosts: readonly Pick<HostSpec, 'name' | 'address'>[];
    readonly peers: readonly unknown[];
    readonly expectations?: readonly Expectation[];
  };
}

export interface RenderPlanOptions {
  readonly summary: PlanSummary;
  readonly color: ChalkInstance;
  /** Columns of the terminal; lines are laid out for it. */
  readonly width?: number;
  /** Shows everything that stays, the whole timeline, and every expectation to its end. */
  readonly verbose?: boolean;
  /** False for a terminal that shows ASCII alone. */
  readonly unicode?: boolean;
}

const USUAL_WIDTH = 100;

/** A plan as `tm plan` and `tm destroy` show it: what changes on each host and why, the timeline, and what it comes to. Ends in a newline. */
export function renderPlan(plan: Plan, { spec }: PlanSubject, options: RenderPlanOptions): string {
  const palette = createPalette(options.color);
  const width = options.width ?? USUAL_WIDTH;
  const verbose = options.verbose ?? false;
  const marks = marksFor(options.unicode ?? true);
  const lines = [
    ...heading(plan, spec, palette, marks),
    ...hostBlocks(worthShowing(plan, verbose), spec.hosts, { palette, width, verbose }),
    ...warnings(plan, width, palette),
    ...timeline(plan, spec, { palette, marks, width, verbose, peers: spec.peers.length }),
    '',
    ...closingLines(plan, options.summary).map((line) => palette.tone.strong(line)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function heading(
  { intent, test, timeline, resumes, changes }: Plan,
  { hosts, peers }: PlanSubject['spec'],
  palette: Palette,
  { dot }: Marks,
): readonly string[] {
  const name = palette.tone.strong(safeLine(test));
  if (intent === 'teardown') return [`${name} ${dot} to be removed`];
  const commands = timeline.entries.length;
  const least = timeline.entries.some(({ waits }) => waits !== undefined) ? 'at least ' : '';
  const over = timeline.lengthMs === 0 ? '' : ` over ${least}${formatDuration(timeline.lengthMs)}`;
  const size = `${countOf(hosts.length, 'host')}, ${countOf(peers.length, 'peer')}, ${countOf(commands, 'command')}${over}`;
  const title = `${name} ${dot} ${size}`;
  if (resumes === undefined) return [title];
  const standing = changes.filter(({ kind, resource }) => kind === 'keep' && isPeer(resource)).length;
  return [
    title,
    palette.tone.quiet(
      `goes on with ${safeLine(resumes)}, of which ${countOf(standing, 'peer')} already ${standing === 1 ? 'runs' : 'run'}`,
    ),
  ];
}

const isPeer = ({ kind }: Change['resource']): boolean => kind === 'container' || kind === 'process';

/** That an image is on the control machine and stays there is no news, unless it is asked for again. */
function worthShowing({ changes, steps }: Plan, verbose: boolean): readonly Change[] {
  if (verbose) return changes;
  const pulled = new Set(
    steps.flatMap(({ action }) => (action.kind === 'image.pull' && action.on === 'control' ? [action.ref] : [])),
  );
  return changes.filter(
    ({ kind, on, resource }) =>
      kind !== 'keep' || on !== 'control' || resource.kind !== 'image' || pulled.has(resource.ref),
  );
}

function warnings(plan: Plan, width: number, palette: Palette): readonly string[] {
  if (plan.warnings.length === 0) return [];
  const lines = plan.warnings.flatMap((text) => {
    const [first = '', ...more] = wrapText(safeLine(text), width - '  warning: '.length);
    return [
      `  ${palette.tone.caution('warning:')} ${first}`,
      ...more.map((line) => `${' '.repeat('  warning: '.length)}${line}`),
    ];
  });
  return ['', ...lines];
}

function timeline(plan: Plan, spec: PlanSubject['spec'], options: TableOptions): readonly string[] {
  const { strong } = options.palette.tone;
  const { expectations = [] } = spec;
  const commands = plan.timeline.entries.length === 0 ? [] : timelineTable(plan.timeline, options);
  const expected = plan.intent === 'teardown' ? [] : expectationList(expectations, options);
  return [
    ...(commands.length === 0 ? [] : ['', `  ${strong('timeline')}`, ...commands]),
    ...(expected.length === 0 ? [] : ['', `  ${strong('expect')}`, ...expected]),
  ];
}
