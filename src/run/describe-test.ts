import type { Desired } from '../model/desired.ts';
import type { EventBody } from '../model/event.ts';
import { timelineOf } from '../plan/timeline.ts';

/** What the test asks for, as its journal tells it: enough to draw every report without the config. */
export function describeTest({ spec, peers }: Desired): EventBody {
  return {
    type: 'test-described',
    peers: peers.map(({ peer, host, workload }) => ({
      peer,
      host,
      ...(workload.kind === 'container' ? { image: workload.image } : {}),
    })),
    timeline: timelineOf(spec),
    expectations: spec.expectations,
    timeouts: spec.timeouts,
    vars: spec.vars,
  };
}
