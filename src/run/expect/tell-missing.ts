import type { Case } from './case.ts';
import { findingOf, type Scene } from './findings.ts';
import { listText } from './phrases.ts';
import type { Telling } from './telling.ts';
import { offsetFrom, type Times } from './times.ts';

/** Peers that are looked at for what they did instead. */
const LOOKED_AT = 3;
/** Log lines that are compared of the first of them, and of each other. */
const COMPARED = { first: 1000, other: 100 } as const;

/** Why too few peers met an expectation, and what they did instead. */
export function tellMissing({ watch, expectation, closesAt }: Case, times: Times): Telling {
  const scene: Omit<Scene, 'compared'> = {
    closesAt,
    now: times.now,
    offset: offsetFrom(times),
    it: 'it',
    opening: expectation.window.kind === 'command' ? 'its command was sent' : 'the window opened',
    closing: closesAt <= times.now ? 'the window closed' : 'the run was over',
  };
  const missing = watch.watches.filter(({ hit }) => hit === undefined);
  // A death tells most, wherever it stands.
  const died = missing.filter(({ track }) => track.end?.kind === 'died');
  const told: readonly (typeof missing)[number][] = [...died, ...missing.filter((one) => !died.includes(one))].slice(
    0,
    LOOKED_AT,
  );
  const findings = told.map((one, index) => {
    const compared = index === 0 ? COMPARED.first : COMPARED.other;
    return { track: one.track, ...findingOf(watch, one, { ...scene, compared }) };
  });
  const [first, ...others] = findings;
  if (first === undefined) return { because: 'it was not so', seen: [] };
  const seen = [
    ...first.seen.map((sight) => ({ track: first.track, sight })),
    ...others.flatMap(({ track, seen: [sight] }) => (sight === undefined ? [] : [{ track, sight }])),
  ];
  if (watch.watches.length === 1) return { because: first.sentence, seen };
  const names = listText(missing.map(({ track }) => track.peer));
  if (watch.hits === 0) return { because: `none of ${watch.watches.length} did; ${first.sentence}`, seen };
  const few = `only ${watch.hits} of ${expectation.count}`;
  const who = missing.length === 1 ? '' : ` ${names} did not;`;
  return { because: `${few}:${who} ${first.sentence}`, seen };
}
