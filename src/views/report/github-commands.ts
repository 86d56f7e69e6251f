/** What the log of a GitHub workflow is told, so that it shows at the lines of the config what was not met. */
import { relative, resolve } from 'node:path';
import type { Sighting } from '../../model/expectation.ts';
import type { RunFacts } from '../run-model/run-facts.ts';
import { safeText } from '../safe-text.ts';
import { type Account, accountOf, type Judged } from './account.ts';

/** GitHub shows ten errors of one step, and silently leaves out the others. */
const MOST = 10;
const MOST_MESSAGE = 4_000;

/** Absolute paths: of the workflow's checkout, and of where tm runs. */
export interface Workspace {
  readonly root: string;
  readonly directory: string;
}

interface Annotation {
  readonly title: string;
  readonly message: string;
  readonly line?: number;
}

/** Lines without newlines: an error for each expectation that is not met and each rule that does not hold, at most ten; none for a run that passed. */
export function githubCommands(facts: RunFacts, workspace: Workspace): readonly string[] {
  const account = accountOf(facts);
  if (account.answer.kind === 'passed') return [];
  const all = annotationsOf(account);
  const shown = all.length <= MOST ? all : all.slice(0, MOST - 1);
  const rest = all.length - shown.length;
  const annotations = [
    ...shown,
    ...(rest === 0 ? [] : [{ title: account.test, message: `and ${rest} more; the report has them all` }]),
  ];
  const file = fileIn(workspace, facts.run?.file);
  return annotations.map((annotation) => commandLine(annotation, file));
}

function annotationsOf({ expectations, rules, answer, test }: Account): readonly Annotation[] {
  const found: readonly Annotation[] = [
    ...expectations.filter(({ outcome }) => outcome === 'unmet').map(unmet),
    ...rules
      .filter(({ outcome }) => outcome === 'unmet')
      .map(({ text, reasons }) => ({ title: `${test}: not so: ${text}`, message: reasons.join('\n') || text })),
  ];
  if (found.length > 0) return found;
  return [{ title: `${test} ${answer.word} ${answer.when}`, message: answer.reasons.join('\n') || answer.word }];
}

function unmet({ expectation, because, sightings, late }: Judged): Annotation {
  const seen = ({ atMs, peer, kind, text }: Sighting): string =>
    `${(atMs / 1000).toFixed(3)} s ${peer} ${kind} ${text}`;
  const lines = [
    because,
    ...sightings.slice(0, 3).map(seen),
    ...(late === undefined ? [] : [`too late: ${seen(late)}`]),
  ];
  return { title: `unmet: ${expectation.text}`, message: lines.join('\n'), line: expectation.line };
}

/** The config's path as GitHub counts it; undefined for one outside of the checkout. */
function fileIn({ root, directory }: Workspace, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const path = relative(root, resolve(directory, file)).replaceAll('\\', '/');
  return path.startsWith('../') || path === '' ? undefined : path;
}

function commandLine({ title, message, line }: Annotation, file: string | undefined): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`, ...(line === undefined ? [] : [`line=${line}`])]),
    `title=${property(title)}`,
  ];
  return `::error ${properties.join(',')}::${data(message.slice(0, MOST_MESSAGE))}`;
}

/** A command ends with its line, and `%` begins an escape. */
const data = (text: string): string =>
  safeText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
