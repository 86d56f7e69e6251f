import type { Expectation } from '../model/expectation.ts';
import type { PeerName } from '../model/names.ts';

/** Whether a death is one that an expectation wants: an end of that peer with that exit code, other than 0. */
export function excusedDeaths(
  expectations: readonly Expectation[],
): (peer: PeerName, exitCode: number | undefined) => boolean {
  const wanted = new Set(
    expectations.flatMap(({ condition, never, peers }) =>
      condition.kind === 'exit' && condition.code !== 0 && !never
        ? peers.map((peer) => `${condition.code} ${peer}`)
        : [],
    ),
  );
  return (peer, exitCode) => wanted.has(`${exitCode} ${peer}`);
}
