/** The programs of the guides: each passes the test that stands beside it, and all four count together. */
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../testbed/run-command.ts';
import { type LocalBench, startLocalBench } from './harness.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const path = (relative: string): string => join(ROOT, relative);

let bench: LocalBench;

beforeAll(async () => {
  bench = await startLocalBench();
  // The one in TypeScript runs from its source.
  for (const language of ['rust', 'python', 'go'])
    await runCommand(path(`clients/${language}/build.sh`), [], { env: process.env, timeoutMs: 900_000 });
}, 900_000);

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

test.each([
  'examples/counter/counter.yaml',
  'clients/rust/examples/counter/counter.yaml',
  'clients/python/examples/counter/counter.yaml',
  'clients/go/examples/counter/counter.yaml',
])('%s passes', async (config) => {
  const { code, stdout, stderr } = await bench.tm(path(config));
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/passed after/);
});

// A chain, so that a count has to pass through the languages in between. Each adds when all others know what was added before, so that the
// last to add is never the last to know.
const mixed = `
name: mixed-counters
redis: { runtime: process, port: 7475 }
hosts:
  - { name: here, address: localhost, runtime: process, base_port: 13500 }
peers:
  - { name: typescript, command: [node, --import, "${import.meta.resolve('tsx')}", "${path('examples/counter/counter.ts')}"] }
  - { name: rust, command: ["${path('clients/rust/target/release/examples/counter')}"], bootstrap: [typescript] }
  - name: python
    command: ["${path('clients/python/.venv/bin/python')}", "${path('clients/python/examples/counter/counter.py')}"]
    bootstrap: [rust]
  - { name: go, command: ["${path('clients/go/bin/counter')}"], bootstrap: [python] }
commands:
  - { time: 0, peer: "*", command: connect }
  - { when: { peer: "*", status: connected }, within: 15, peer: typescript, command: add|1 }
  - { when: { peers: [rust, python, go], log: /^value 1$/ }, within: 15, peer: rust, command: add|20 }
  - { when: { peers: [typescript, python, go], log: /^value 21$/ }, within: 15, peer: python, command: add|300 }
  - { when: { peers: [typescript, rust, go], log: /^value 321$/ }, within: 15, peer: go, command: add|4000 }
  - { when: { peers: [typescript, rust, python], log: /^value 4321$/ }, within: 15, peer: rust, command: disconnect }

  # TypeScript is cut off: only Python hears of it, until Rust is back.
  - when: { peer: rust, status: disconnected }
    within: 15
    peer: go
    command: add|50000
    expect: { peers: [typescript, rust], log: /^value 54321$/, within: 1, never: true }
  - { when: { peer: python, log: /^value 54321$/ }, within: 15, peer: python, command: value }
  - { after: +1.5, peer: rust, command: connect, expect: { peers: [typescript, rust], log: /^value 54321$/, within: 15 } }

  # Go forgets everything, and is told by the others, its own part included.
  - { when: { peers: [typescript, rust], log: /^value 54321$/ }, within: 15, peer: go, command: restart|1 }
  - { when: { peer: go, status: started }, within: 15, peer: go, command: connect, expect: { log: /^value 54321$/, within: 15 } }
expect:
  - { peer: "*", log: /unknown command|no use for/, never: true }
  - { peer: "*", exit: 0 }
`;

test('the four count together, each passing on what the others have counted', async () => {
  const config = await bench.config('mixed-counters.yaml', mixed);
  const { code, stdout, stderr } = await bench.tm(config);
  expect(code, stdout + stderr).toBe(0);
});
