import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { readRun, writeReports } from '../../../src/views/report/reports.ts';
import * as scenarios from '../scenarios.ts';
import { fiveHundredPeers, fivePeers } from './sample-runs.ts';

const schema = JSON.parse(readFileSync(new URL('../../../schemas/report.schema.json', import.meta.url), 'utf8'));
const strict = structuredClone(schema);
closeObjects(strict);
const valid = new Ajv2020({ allErrors: true, strict: true }).compile(strict);

const reportOf = async (events: Parameters<typeof readRun>[0]) =>
  JSON.parse(writeReports(await readRun(events))['report.json']);

/** The schema lets readers meet members of later versions; what is written now has none that it does not describe. */
function closeObjects(node: unknown): void {
  if (node === null || typeof node !== 'object') return;
  if (
    'properties' in node &&
    !('additionalProperties' in node) &&
    !('kind' in Object(node.properties) && 'hint' in Object(node.properties))
  )
    Object.assign(node, { additionalProperties: false });
  for (const child of Object.values(node)) closeObjects(child);
}

describe('report.json', () => {
  test.each([
    ['passes', scenarios.passes],
    ['fails', scenarios.expects],
    ['dies', scenarios.dies],
    ['is interrupted', scenarios.isInterrupted],
    ['cannot start', scenarios.cannotStart],
    ['has rude logs', scenarios.rudeLogs],
    ['is cut short', () => fivePeers().slice(0, 120)],
    ['is large', fiveHundredPeers],
    ['is empty', () => []],
  ])('is as its schema says for a run that %s', async (_name, events) => {
    const report = await reportOf(events());
    valid(report);
    expect(valid.errors ?? []).toEqual([]);
  });

  test('has every member described', () => {
    const silent: string[] = [];
    const walk = (node: Record<string, unknown>, path: string): void => {
      for (const [name, child] of Object.entries(
        (node['properties'] ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (child['description'] === undefined && child['$ref'] === undefined) silent.push(`${path}.${name}`);
        walk(child, `${path}.${name}`);
      }
      if (node['items'] !== undefined) walk(node['items'] as Record<string, unknown>, `${path}[]`);
    };
    walk(schema, '');
    for (const [name, child] of Object.entries(schema.$defs)) walk(child as Record<string, unknown>, name);
    expect(silent).toEqual([]);
  });

  test('counts every offset from the start of the timeline', async () => {
    const report = await reportOf(scenarios.expects());
    expect(report.zero).toEqual({ is: 'timeline', afterMs: 2134 });
    expect(
      report.peers[1].statuses.map(({ atMs, status }: { atMs: number; status: string }) => [atMs, status]),
    ).toEqual([
      [-434, 'started|/ip4/10.0.0.6/udp/11984'],
      [41, 'connected'],
      [34_137, 'stopped'],
    ]);
    expect(report.commands[2]).toEqual({
      index: 2,
      peer: 'eve',
      command: 'pull',
      fate: 'taken',
      dueMs: 10_214,
      sentMs: 10_214,
      lateMs: 0,
      takenAfterMs: 1,
      waitedFromMs: 10_001,
    });
  });

  test('says of an unmet expectation why, what was seen, and that it came too late', async () => {
    const { expectations } = await reportOf(scenarios.expects());
    expect(expectations[2]).toMatchObject({
      text: 'eve: log "pulled" by 34 s',
      line: 32,
      outcome: 'unmet',
      because: 'eve wrote 3 lines until 34 s, none of them like it',
      window: { toMs: 34_000 },
      sightings: [{ peer: 'eve', kind: 'log', text: 'pull: no messages', atMs: 15_200 }],
      late: { text: 'pulled 1 message', atMs: 34_030 },
    });
  });

  test('never takes what the journal does not say for met', async () => {
    const report = await reportOf(fivePeers().slice(0, 120));
    expect(report.verdict.kind).toBe('none');
    expect(report.expectations.map(({ outcome }: { outcome: string }) => outcome)).toEqual(Array(5).fill('undecided'));
    expect(report.rules.map(({ outcome }: { outcome: string }) => outcome)).toEqual(Array(4).fill('undecided'));
  });
});
