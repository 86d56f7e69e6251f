import { expect, it } from 'vitest';
import { CHECKS, LONG_CHECKS } from '../../clients/conformance/checks/all-checks.ts';
import { REQUIREMENTS } from '../../clients/conformance/requirement.ts';
import { CLIENT_FAULTS } from './fixtures/client-faults.ts';
import { PEER_FAULTS } from './fixtures/peer-faults.ts';

const ids = REQUIREMENTS.map(({ id }) => id).sort();

it('there is one check for each requirement of a peer or a client, and no other', () => {
  expect(ids.length).toBeGreaterThan(40);
  expect(Object.keys(CHECKS).sort()).toEqual(ids);
});

it('those that are begun first are checks', () => {
  expect([...LONG_CHECKS].filter((id) => !ids.includes(id))).toEqual([]);
});

it('each check has a wrong peer that it finds', () => {
  const caught = new Set(
    [...Object.values(PEER_FAULTS), ...Object.values(CLIENT_FAULTS)].flatMap((fault) => fault.caught),
  );
  expect(ids.filter((id) => !caught.has(id))).toEqual([]);
  expect([...caught].filter((id) => !ids.includes(id))).toEqual([]);
});
