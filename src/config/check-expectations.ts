import type { ConfigFault } from '../model/fault.ts';
import { checkDemand } from './check-demand.ts';
import { checkEndings } from './check-endings.ts';
import { checkStatusWords } from './check-status-word.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import type { PeerIndex } from './peer-index.ts';
import type { TestConfig } from './test-config.generated.ts';
import { writtenDemands } from './written-demands.ts';

/** All expectations of a file, wherever they stand: whether each can be met, and is likely to be what was meant. */
export function* checkExpectations(
  draft: Draft<TestConfig>,
  peers: PeerIndex,
  context: Context,
): Generator<ConfigFault> {
  for (const written of writtenDemands(draft)) yield* checkDemand(written, peers, context);
  yield* checkStatusWords(draft, context);
  yield* checkEndings(draft, peers, context);
}
