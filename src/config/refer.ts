import type { ConfigFault } from '../model/fault.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkExpectations } from './check-expectations.ts';
import { checkHosts } from './check-hosts.ts';
import { checkImages } from './check-images.ts';
import { checkFleetNames, checkTestName } from './check-names.ts';
import { checkReferences } from './check-references.ts';
import { checkStarts } from './check-starts.ts';
import { checkTags } from './check-tags.ts';
import { checkTimeline } from './check-timeline.ts';
import { checkWaits } from './check-waits.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import type { PeerIndex } from './peer-index.ts';
import type { TestConfig } from './test-config.generated.ts';

/** What a schema cannot say of the hosts and peers: whether their names are legal and unique, their keys go together, their tags meet. */
export function* referFleet(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  yield* checkFleetNames(draft, context);
  yield* checkHosts(draft, context);
  yield* checkTags(draft, context);
  yield* checkEnvironment(draft, context);
}

/** What a schema cannot say of the rest: the test's name, references to peers, the timeline, what is expected, images that nothing runs. */
export function* referRest(draft: Draft<TestConfig>, peers: PeerIndex, context: Context): Generator<ConfigFault> {
  yield* checkTestName(draft, context);
  yield* checkReferences(draft, peers, context);
  yield* checkTimeline(draft, peers, context);
  yield* checkStarts(draft, context);
  yield* checkWaits(draft, context);
  yield* checkExpectations(draft, peers, context);
  yield* checkImages(draft, context);
}
