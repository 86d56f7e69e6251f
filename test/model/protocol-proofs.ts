/** A test, by its file and its title as it stands there. */
type Proof = readonly [file: string, title: string];

const CONTRACT = 'test/contract';
const REAL = 'test/model/protocol-promises.real.test.ts';

/**
 * Which tests prove what the protocol asks of tm. Those of the contract run on the driver for Redis and on the one in memory; what the
 * protocol asks of peers and of client libraries is what the conformance suite checks.
 */
export const PROOFS: Readonly<Record<string, readonly Proof[]>> = {
  'T-QUEUE': [
    [`${CONTRACT}/bus-commands.ts`, 'reach a waiting peer in the order of the calls, three at once'],
    [`${CONTRACT}/bus-commands.ts`, 'sent while the connection is away arrive once, in order, when it is back'],
    ['test/run/run-test.test.ts', 'three commands due at the same moment are taken in the order of the file'],
    [REAL, 'T-QUEUE: commands that wait together are taken in the order of the timeline'],
  ],
  'T-CLEAN': [
    [`${CONTRACT}/bus.ts`, 'clear deletes what the last run left'],
    ['test/plan/converge.test.ts', 'clears the keys of exactly the peers that it runs'],
    [REAL, 'T-CLEAN: nothing of the last run is there when a peer starts'],
    [REAL, 'T-CLEAN: what is sent to a peer that restarts is not deleted'],
  ],
  'T-STATUS': [
    [`${CONTRACT}/bus-statuses.ts`, 'that stand already are told first, then each change, also to the same word'],
    ['test/drivers/redis/notifications.real.test.ts', 'but the setting is already as we need it, nothing is polled'],
    ['test/e2e/verdict.test.ts', 'is seen doing both, each time, with nothing but SET, on a Redis of ours'],
    [REAL, 'T-STATUS: statuses that are only SET are told, by notification'],
  ],
  'T-LOG-ORDER': [
    [`${CONTRACT}/bus-logs.ts`, 'of 10,000 lines from five peers arrive all, each in order'],
    [`${CONTRACT}/bus-logs.ts`, 'leave Redis only once they are safe: what a listener never confirmed comes again'],
    [
      'test/drivers/redis/logs.real.test.ts',
      'are all there when tm is killed again and again while it is told of them, in order, doubled only where it died',
    ],
  ],
  'T-ENVIRONMENT': [
    [
      'test/plan/desire.test.ts',
      "gives a peer its own environment, with the system's variables winning and the run's left out",
    ],
    [REAL, 'T-ENVIRONMENT: a peer has all of its variables, whatever the test file says'],
  ],
  'T-BOOTSTRAP': [
    ['test/run/run-test.test.ts', 'bootstrap: each peer is told the addresses of its neighbours before the timeline'],
    [REAL, 'T-BOOTSTRAP: each peer is sent the addresses of its neighbours, before the timeline'],
  ],
  'T-RESTART': [
    ['test/run/run-test.test.ts', 'a peer that ends with 42 is started again after the delay that it wrote'],
    ['test/e2e/plain-wire.test.ts', 'a container that ends with 42 is started again by tm after the delay'],
    [REAL, 'T-RESTART: a process that ends with 42 is run again after its delay'],
  ],
  'T-EXTENSIONS': [
    [
      `${CONTRACT}/bus-statuses.ts`,
      'of a peer that streams some and only SETs others are each told or counted, none twice',
    ],
    ['test/drivers/redis/status-account.test.ts', 'an entry is read as it was written, and what is none is not'],
    ['test/run/monitor/silence.test.ts', 'one that has sent none is never silent, and what is no heartbeat is none'],
    [REAL, 'T-EXTENSIONS: a peer that uses none of them passes, and is warned of nothing'],
  ],
};
