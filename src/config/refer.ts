import type { ConfigFault } from '../model/fault.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkHosts } from './check-hosts.ts';
import { checkImages } from './check-images.ts';
import { checkFleetNames, checkTestName } from './check-names.ts';
import { checkReferences } from './check-references.ts';
import { checkTags } from './check-tags.ts';
import { checkTimeline } from './check-timeline.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import type { TestConfig } from './test-config.generated.ts';

/** What a schema cannot say of the hosts and peers: whether their names are legal and unique, their keys go together, their tags meet. */
export function* referFleet(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  yield* checkFleetNames(draft, context);
  yield* checkHosts(draft, context);
  yield* checkTags(draft, context);
  yield* checkEnvironment(draft, context);
}

/** What a schema cannot say of the rest: the test's name, references to peers, the order of commands, images that nothing runs. */
export function* referRest(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  yield* checkTestName(draft, context);
  yield* checkReferences(draft, context);
  yield* checkTimeline(draft, context);
  yield* checkImages(draft, context);
}
