/** What the run was: the test, the time, the versions, how exact it is, and where the evidence lies. */
import { formatBytes } from '../../../lib/format-bytes.ts';
import type { StatusPrecision } from '../../../model/event.ts';
import { countOf } from '../../count-of.ts';
import type { Account } from '../account.ts';
import { html, type Markup, type Part } from './markup.ts';
import { inSeconds, span, wallTime } from './times.ts';

const PRECISIONS: Readonly<Record<StatusPrecision, string>> = {
  replicated: 'each one, from the replication stream',
  notified: 'by notification; one may hide behind the next',
  polled: 'by a slow poll; short ones may be missed',
};

export function factsSection(account: Account): Markup {
  const { facts, answer, tookMs, zeroIs, zeroMs, peers, commands } = account;
  const { run, bus, hosts, described, ended } = facts;
  const rows: readonly (readonly [string, Part])[] = [
    ['Test', run?.test],
    ['File', run === undefined ? undefined : path(run.file)],
    ['Run', run?.run],
    ['Began', run === undefined ? undefined : wallTime(run.time)],
    ['Took', inSeconds(tookMs)],
    ['Timeline', zeroIs === 'run' ? 'never began' : timelineText(account)],
    ['Exit code', ended?.exitCode],
    ['Peers', peers.length],
    ['Commands', commands.length === 0 ? 'none' : commandText(account)],
    ['Vars', varsText(described?.vars ?? {})],
    ['tm', run?.version],
    ['Hosts', hosts.length === 0 ? undefined : hostList(account)],
    ['Redis', bus?.redis],
    ['Statuses', bus === undefined ? undefined : [PRECISIONS[bus.precision], hidden(account)]],
    ['Left over', ended === undefined || ended.left.length === 0 ? undefined : list(ended.left)],
    ['Evidence', run === undefined ? undefined : evidence(account)],
  ];
  return html`<section aria-labelledby="facts"><h2 id="facts">Facts</h2><dl>${rows
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        html`<div><dt>${name}</dt><dd>${typeof value === 'string' ? unbroken(value) : value}</dd></div>`,
    )}</dl></section>`;

  function timelineText({ facts: { timelineEnded } }: Account): string {
    const length = timelineEnded === undefined ? 'was not finished' : `took ${inSeconds(timelineEnded.ms)}`;
    return `began after ${inSeconds(zeroMs)}, ${answer.kind === 'none' && timelineEnded === undefined ? 'no end seen' : length}`;
  }
}

function commandText({ commands }: Account): string {
  const taken = commands
    .flatMap(({ takenAfterMs }) => (takenAfterMs === undefined ? [] : [takenAfterMs]))
    .sort((a, b) => a - b);
  const middle = taken[Math.floor((taken.length - 1) / 2)];
  const slowest = taken.at(-1);
  const times =
    middle === undefined || slowest === undefined
      ? ''
      : ` (half of them within ${span(middle)}, the slowest after ${span(slowest)})`;
  return `${taken.length} of ${commands.length} taken${times}`;
}

function varsText(vars: Readonly<Record<string, string>>): Part {
  const names = Object.entries(vars);
  return names.length === 0 ? undefined : list(names.map(([name, value]) => `${name} = ${value}`));
}

function hostList({ facts: { hosts } }: Account): Markup {
  return list(
    hosts.map(({ host, engine, clock }) => {
      // A host that is this machine has its clock.
      if (clock === undefined || (clock.aheadMs === 0 && clock.uncertaintyMs === 0)) return `${host}: ${engine}`;
      const ahead = clock.aheadMs < 0 ? `${span(-clock.aheadMs)} behind` : `${span(clock.aheadMs)} ahead`;
      return `${host}: ${engine}, clock ${ahead} (± ${span(clock.uncertaintyMs)})`;
    }),
  );
}

function hidden({ peers }: Account): string | false {
  const missed = peers.reduce((sum, { statuses }) => statuses.reduce((all, one) => all + one.missed, sum), 0);
  return missed > 0 && `; ${countOf(missed, 'status', 'statuses')} went by unread`;
}

function evidence({ facts: { run }, evidence: files }: Account): Markup {
  const names = files.map(
    ({ path, bytes, cut }) =>
      `${path}, ${formatBytes(bytes)}${cut > 0 ? ` (${formatBytes(cut)} left out, the file was too large)` : ''}`,
  );
  return html`<code>${path(run?.directory ?? '')}</code>${names.length > 0 && html`<details><summary>${countOf(names.length, 'file')}</summary>${list(names)}</details>`}`;
}

/** Numbers stay with their units at the end of a line. */
const unbroken = (text: string): string => text.replace(/(\d) (m?s|min|h)\b/g, '$1\u00a0$2');

/** A path, which may be broken behind its slashes. */
const path = (text: string): readonly Part[] =>
  text.split('/').map((part, i) => (i === 0 ? part : html`/<wbr>${part}`));

const list = (texts: readonly string[]): Markup =>
  html`<ul>${texts.map((text) => html`<li>${unbroken(text)}</li>`)}</ul>`;
