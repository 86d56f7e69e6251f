import { CHECKS, LONG_CHECKS } from './checks/all-checks.ts';
import { type Finding, fails, notShown, Unmet } from './finding.ts';
import { type NeverStarted, probe } from './probe.ts';
import type { Requirement } from './requirement.ts';
import { type Evidence, evidenceOf } from './rig/evidence.ts';
import { Rig } from './rig/rig.ts';

/** What became of one requirement. */
export interface Result {
  readonly requirement: Requirement;
  readonly finding: Finding;
  /** What the peers of a check that failed did. */
  readonly evidence: readonly Evidence[];
}

export interface SuiteOptions {
  readonly command: readonly string[];
  readonly requirements: readonly Requirement[];
  /** How long a check waits for anything that should happen, in milliseconds. */
  readonly patienceMs: number;
  /** Checks at a time. */
  readonly jobs: number;
  /** Told of each result as it comes. */
  onResult?(result: Result): void;
}

export interface Report {
  /** In the order of the requirements asked for. */
  readonly results: readonly Result[];
  /** It knows the reference peer's commands, so that its client library was checked as well. */
  readonly isReference: boolean;
  /** Where it did not even become a peer: then there are no results. */
  readonly neverStarted?: NeverStarted;
}

const NOT_REFERENCE = notShown('it does not know the command `log|…` of the reference peer');

/** Checks the program, several requirements at a time, each with a Redis and processes of its own; where it becomes no peer, none of them. */
export async function runSuite(options: SuiteOptions): Promise<Report> {
  const { command, patienceMs, requirements } = options;
  const wantsClient = requirements.some(({ of }) => of === 'client');
  const probed = await probe({ command, patienceMs }, wantsClient);
  const isReference = probed.kind === 'reference';
  if (probed.kind === 'never-started') return { results: [], isReference, neverStarted: probed };
  const results = new Map<string, Result>();
  const waiting = [...requirements].sort((a, b) => Number(LONG_CHECKS.has(b.id)) - Number(LONG_CHECKS.has(a.id)));

  const work = async (): Promise<void> => {
    for (let requirement = waiting.shift(); requirement !== undefined; requirement = waiting.shift()) {
      const isShown = requirement.of === 'peer' || isReference;
      const result = isShown
        ? await check(requirement, options)
        : { requirement, finding: NOT_REFERENCE, evidence: [] };
      results.set(requirement.id, result);
      options.onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return { results: requirements.flatMap(({ id }) => results.get(id) ?? []), isReference };
}

async function check(requirement: Requirement, { command, patienceMs }: SuiteOptions): Promise<Result> {
  const holdsFor = CHECKS[requirement.id];
  if (holdsFor === undefined)
    throw new Error(`no check for ${requirement.id}: write one in clients/conformance/checks`);
  await using rig = new Rig({ command, patienceMs });
  const finding = await holdsFor(rig).catch((error: unknown): Finding => {
    if (error instanceof Unmet) return error.finding;
    return fails(
      'a check that comes to its end',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  });
  const evidence = finding.kind === 'fails' ? rig.peers.map(evidenceOf) : [];
  return { requirement, finding, evidence };
}
