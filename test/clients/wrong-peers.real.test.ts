/** The checks find what is wrong with a peer, and nothing else: a right one is found right, and each with a fault by the checks named there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REQUIREMENTS } from '../../clients/conformance/requirement.ts';
import { runSuite } from '../../clients/conformance/suite.ts';
import { buildWrongPeer } from './fixtures/build-wrong-peer.ts';
import { CLIENT_FAULTS } from './fixtures/client-faults.ts';
import { PEER_FAULTS } from './fixtures/peer-faults.ts';

const LIMIT_MS = 240_000;
/** Run for each fault beside the checks that must find it. */
const BYSTANDERS = ['P-STARTED', 'P-SHUTDOWN', 'C-STATUS-ALL'];

let directory: string;
let program: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tm-wrong-peer-'));
  program = join(directory, 'wrong-peer.mjs');
  await buildWrongPeer(program);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = async (faults: readonly string[], ids?: readonly string[]) => {
  const requirements = REQUIREMENTS.filter(({ id }) => ids === undefined || ids.includes(id));
  const command = [process.execPath, program, ...faults];
  const { results } = await runSuite({ command, requirements, patienceMs: 10_000, jobs: 4 });
  return results.filter(({ finding }) => finding.kind !== 'holds');
};

it('a peer that is right is found right', { timeout: LIMIT_MS }, async () => {
  expect(await run([])).toEqual([]);
});

describe.concurrent('a peer that', () => {
  it.each(Object.entries({ ...PEER_FAULTS, ...CLIENT_FAULTS }))(
    '%s',
    { timeout: LIMIT_MS },
    async (fault, { caught, spared = [] }) => {
      const wrong = await run([fault], [...caught, ...spared, ...BYSTANDERS]);
      const found = wrong.filter(({ finding }) => finding.kind === 'fails').map(({ requirement }) => requirement.id);
      expect(
        found.sort(),
        JSON.stringify(
          wrong.map(({ finding, requirement }) => [requirement.id, finding]),
          null,
          1,
        ),
      ).toEqual([...caught].sort());
    },
  );
});
