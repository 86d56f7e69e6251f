import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { githubCommands } from '../../../src/views/report/github-commands.ts';
import { githubSummary } from '../../../src/views/report/github-summary.ts';
import { readRun } from '../../../src/views/report/reports.ts';
import * as scenarios from '../scenarios.ts';

const CHECKOUT = { root: '/home/ci/checkout', directory: '/home/ci/checkout/tests' };

/** A run whose unmet expectations are told in this text. */
const because = (text: string) =>
  scenarios
    .expects()
    .map((event): TmEvent => (event.type === 'expectation-decided' ? { ...event, because: text } : event));

describe('GitHub annotations', () => {
  test('stand at the lines of the expectations that are not met, and tell the rules', async () => {
    expect(githubCommands(await readRun(scenarios.expects()), CHECKOUT)).toEqual([
      '::error file=tests/smoke.yaml,line=32,title=unmet%3A eve%3A log "pulled" by 34 s::eve wrote 3 lines until 34 s, none of them like it%0A15.200 s eve log pull: no messages%0Atoo late: 34.030 s eve log pulled 1 message',
      '::error file=tests/smoke.yaml,line=34,title=unmet%3A dave%3A exit 0::dave ended with 3 at 34.200 s%0A34.200 s dave exit 3',
      '::error file=tests/smoke.yaml,title=smoke-5peer%3A not so%3A no peer dies unbidden::dave died: exited with 3',
    ]);
  });

  test('name no file that is outside of the checkout', async () => {
    const [first] = githubCommands(await readRun(scenarios.expects()), { root: '/srv', directory: '/home' });
    expect(first).toMatch(/^::error title=/);
  });

  test('are silent about a run that passed, and never about another', async () => {
    expect(githubCommands(await readRun(scenarios.passes()), CHECKOUT)).toEqual([]);
    expect(githubCommands(await readRun(scenarios.isInterrupted()), CHECKOUT)).toEqual([
      '::error file=tests/smoke.yaml,title=smoke-5peer interrupted by SIGINT after 11.6 s::4 of 5 commands were not sent',
    ]);
    expect(githubCommands(await readRun(scenarios.cannotStart()), CHECKOUT)).toHaveLength(1);
    expect(githubCommands(await readRun([]), CHECKOUT)).toHaveLength(1);
  });

  test('are at most ten, of which the last says how many more there are', async () => {
    const expectation = (id: number) => ({
      ...(scenarios.expects().find(({ type }) => type === 'test-described') as TmEvent & { type: 'test-described' })
        .expectations[2]!,
      id,
    });
    const script = scenarios.createScript();
    script.at(0, scenarios.runStarted([]));
    script.at(0, {
      type: 'test-described',
      peers: [],
      timeline: { entries: [], lengthMs: 0 },
      expectations: Array.from({ length: 30 }, (_, id) => expectation(id)),
      timeouts: { startupSeconds: 1, shutdownSeconds: 1 },
      vars: {},
    });
    for (let id = 0; id < 30; id++)
      script.at(1, {
        type: 'expectation-decided',
        expectation: id,
        outcome: 'unmet',
        because: 'no',
        window: {},
        sightings: [],
        around: [],
      });
    script.at(2, { type: 'verdict', verdict: { kind: 'failed', reasons: [] } });
    const lines = githubCommands(await readRun(script.events), CHECKOUT);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain('and 21 more');
  });

  test('are each one line, whatever peers write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('a\r\n::error::b%0A')), async (text) => {
        for (const line of githubCommands(await readRun(because(text)), CHECKOUT))
          expect(line).toMatch(/^::error [^\r\n]*$/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the summary of a GitHub step', () => {
  test('has the verdict, the reasons, the expectations with the unmet ones first, and the evidence', async () => {
    const text = githubSummary(await readRun(scenarios.expects()));
    expect(text).toMatchInlineSnapshot(`
      "## ❌ smoke-5peer failed after 36.7 s

      - dave died: exited with 3
      - 2 of 5 expectations unmet

      | | expectation | why |
      | --- | --- | --- |
      | ❌ | <code>eve: log &#34;pulled&#34; by 34 s</code> | eve wrote 3 lines until 34 s, none of them like it |
      | ❌ | <code>dave: exit 0</code> | dave ended with 3 at 34.200 s |
      | ✅ | <code>bob: status connected by 15 s</code> | bob reported it at 0.041 s |
      | ✅ | <code>bob: log &#34;hello&#34; from 10 s by 20 s</code> | bob wrote it at 10.213 s |
      | ✅ | <code>every peer: log /panic&#124;fatal/i never</code> | none of 5 peers wrote it |

      ✅ every peer starts in time · ❌ no peer dies unbidden · ✅ every command is taken · ✅ every peer stops in time

      <details><summary><code>eve: log &#34;pulled&#34; by 34 s</code></summary><pre>
        14.900 s  eve  log pull: asking bob
      > 15.200 s  eve  log pull: no messages
        15.900 s  eve  log idle
        34.030 s  eve  log pulled 1 message (too late)
      </pre></details>

      <details><summary><code>dave: exit 0</code></summary><pre>
      > 34.200 s  dave  exit 3
      </pre></details>

      Evidence: <code>.tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11</code>
      "
    `);
  });

  test('lets no text of a peer become markup', async () => {
    const text = githubSummary(await readRun(because('<img src=x> | **bold** [x](y)\n# heading `code`')));
    expect(text).toContain(
      '&#60;img src=x&#62; &#124; &#42;&#42;bold&#42;&#42; &#91;x&#93;(y) &#35; heading &#96;code&#96;',
    );
  });
});
