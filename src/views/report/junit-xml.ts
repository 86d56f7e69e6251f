/**
 * `junit.xml`: a case for each expectation and each rule, valid for Jenkins and for Ant. What is unmet is a failure. What is undecided is an
 * error and never skipped, because CI servers count a suite with nothing but passed and skipped cases as green.
 */
import type { ExpectationOutcome, Sighting } from '../../model/expectation.ts';
import type { Account, Judged } from './account.ts';
import { xmlAttribute, xmlText } from './xml-text.ts';

interface Case {
  readonly name: string;
  readonly ms: number;
  readonly outcome: ExpectationOutcome;
  readonly type: string;
  readonly message: string;
  readonly details: readonly string[];
}

export function junitXml(account: Account): string {
  const { facts, answer, test, tookMs } = account;
  const cases = named(casesOf(account));
  const count = (outcome: ExpectationOutcome): number => cases.filter((one) => one.outcome === outcome).length;
  const attributes = {
    name: test,
    timestamp: (facts.run?.time ?? '1970-01-01T00:00:00').slice(0, 19),
    // The journal does not say which machine ran tm, and the schema asks for a name.
    hostname: 'localhost',
    tests: String(cases.length),
    failures: String(count('unmet')),
    errors: String(count('undecided')),
    time: seconds(tookMs),
    package: 'the-mule',
    id: '0',
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite${attributesText(attributes)}>
    <properties>
${propertiesOf(account)
  .map(([name, value]) => `      <property${attributesText({ name, value })}/>\n`)
  .join('')}    </properties>
${cases.map((one) => caseXml(one, test)).join('')}    <system-out>${xmlText(whereToLook(account).join('\n'))}</system-out>
    <system-err>${xmlText(answer.reasons.join('\n'))}</system-err>
  </testsuite>
</testsuites>
`;
}

function casesOf({ expectations, rules, answer }: Account): readonly Case[] {
  const cases: readonly Case[] = [
    ...expectations.map(expectationCase),
    ...rules.map(({ rule, text, outcome, reasons }) => ({
      name: text,
      ms: 0,
      outcome,
      type: `rule.${rule}`,
      message: reasons[0] ?? outcome,
      details: reasons,
    })),
  ];
  if (answer.kind === 'passed' || cases.some(({ outcome }) => outcome !== 'met')) return cases;
  // Whatever else kept the run from passing must not look green.
  const outcome = answer.kind === 'failed' ? 'unmet' : 'undecided';
  const message = answer.reasons[0] ?? `${answer.word} ${answer.when}`;
  return [...cases, { name: 'the run passes', ms: 0, outcome, type: answer.kind, message, details: answer.reasons }];
}

function expectationCase({ expectation, outcome, because, window, decidedMs, sightings, around, late }: Judged): Case {
  return {
    name: expectation.text,
    ms: Math.max(0, (decidedMs ?? 0) - (window.fromMs ?? 0)),
    outcome,
    type: `expectation.${expectation.condition.kind}`,
    message: because,
    details: [
      `${expectation.text} (line ${expectation.line})`,
      because,
      ...titled('seen:', sightings),
      ...titled('too late:', late === undefined ? [] : [late]),
      ...titled('the log around it:', around),
    ],
  };
}

const titled = (title: string, sightings: readonly Sighting[]): readonly string[] =>
  sightings.length === 0
    ? []
    : [title, ...sightings.map(({ atMs, peer, kind, text }) => `  ${seconds(atMs)} s  ${peer}  ${kind} ${text}`)];

/** CI servers know a case by its name: two of one name would be taken for one. */
function named(cases: readonly Case[]): readonly Case[] {
  const times = new Map<string, number>();
  return cases.map((one) => {
    const time = (times.get(one.name) ?? 0) + 1;
    times.set(one.name, time);
    return time === 1 ? one : { ...one, name: `${one.name} (${time})` };
  });
}

function caseXml({ name, ms, outcome, type, message, details }: Case, test: string): string {
  const open = `    <testcase${attributesText({ name, classname: test, time: seconds(ms) })}`;
  if (outcome === 'met') return `${open}/>\n`;
  const element = outcome === 'unmet' ? 'failure' : 'error';
  const attributes = attributesText({ message, type });
  return `${open}>\n      <${element}${attributes}>${xmlText(details.join('\n'))}</${element}>\n    </testcase>\n`;
}

function propertiesOf({ facts, answer }: Account): readonly (readonly [string, string])[] {
  const { run, described, ended } = facts;
  return [
    ['verdict', answer.kind],
    ...(ended === undefined ? [] : [['exit-code', String(ended.exitCode)] as const]),
    ...(run === undefined
      ? []
      : ([
          ['run', run.run],
          ['file', run.file],
          ['tm', run.version],
        ] as const)),
    ...Object.entries(described?.vars ?? {}).map(([name, value]) => [`vars.${name}`, value] as const),
  ];
}

function whereToLook({ facts, answer, test, evidence }: Account): readonly string[] {
  const { run } = facts;
  return [
    `${test} ${answer.word} ${answer.when}`,
    ...(run === undefined ? [] : [`evidence: ${run.directory}`]),
    ...evidence.map(({ path }) => `  ${path}`),
  ];
}

const attributesText = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xmlAttribute(value)}"`)
    .join('');

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
