/** The reference peer of each language and the plain script keep to every MUST, and docs/conformance.md says what was found. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPeer } from '../../clients/conformance/build-peer.ts';
import { plainScript, REFERENCE_PEERS } from '../../clients/conformance/reference-peers.ts';
import { REQUIREMENTS } from '../../clients/conformance/requirement.ts';
import { runSuite } from '../../clients/conformance/suite.ts';
import { type Column, formatTable } from '../../clients/conformance/table.ts';
import { standingOf } from '../../clients/conformance/verdict.ts';

/** Building for release from nothing takes minutes. */
const BUILD_LIMIT_MS = 600_000;
const SUITE_LIMIT_MS = 240_000;

const columns: Column[] = [];
let script: Awaited<ReturnType<typeof plainScript>>;
beforeAll(async () => {
  script = await plainScript();
});
afterAll(() => script[Symbol.asyncDispose]());

async function check(title: string, command: readonly string[]) {
  const report = await runSuite({ command, requirements: REQUIREMENTS, patienceMs: 20_000, jobs: 6 });
  columns.push({ title, report });
  const broken = report.results.filter((result) => standingOf(result) === 'fails');
  const shown = broken.map(({ requirement, finding, evidence }) => ({ id: requirement.id, finding, evidence }));
  expect(shown).toEqual([]);
  return report;
}

it.each(REFERENCE_PEERS)(
  '$title: builds, and every MUST and SHOULD holds',
  { timeout: BUILD_LIMIT_MS + SUITE_LIMIT_MS },
  async (peer) => {
    await buildPeer(peer);
    const { results, isReference } = await check(peer.title, peer.command);
    expect(isReference).toBe(true);
    expect(results.filter(({ finding }) => finding.kind !== 'holds')).toEqual([]);
  },
);

it('plain script: every MUST of a peer holds', { timeout: SUITE_LIMIT_MS }, async () => {
  const { isReference, results } = await check(script.title, script.command);
  expect(isReference).toBe(false);
  const held = results.filter(({ finding, requirement }) => finding.kind === 'holds' && requirement.since === '1.0');
  expect(held.length).toBeGreaterThan(15);
});

it('docs/conformance.md is what the suite found: else run npm run conformance -- --table --write', async () => {
  expect(columns).toHaveLength(REFERENCE_PEERS.length + 1);
  const document = await readFile(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
  expect(document).toBe(formatTable(columns));
});
