import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Bench, everythingOurs, startBench } from './harness.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench(0);
});

// What a failed test left would be in the way of the next.
afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

const PEER = `
address=\${REDIS_URL##*@}; address=\${address#redis://}; port=\${address##*:}
case $REDIS_URL in *@*) login=\${REDIS_URL%@*}; export REDISCLI_AUTH="\${login##*:}" ;; esac
redis() { redis-cli -h "\${address%%:*}" -p "\${port%%/*}" --raw "$@"; }
redis SET alice_status started
while command=$(redis BLPOP alice_command 0 | tail -n 1) && [ "$command" != shutdown ]; do :; done
redis SET alice_status stopped
`;

const changed = (redis: string) => `
name: changed
redis: ${redis}
timeout: { startup: 20, shutdown: 10 }
hosts: [{ address: localhost, runtime: process }]
peers:
  - name: alice
    command:
      - sh
      - -c
      - |
${PEER.trim().replace(/^/gm, '        ')}
commands: [{ time: 0, peer: alice, command: connect }]
`;

test.each([
  ['of the same port', 7473],
  ['of another port', 7474],
])('a Redis container that has become a process %s is removed by the next apply', async (_name, port) => {
  const before = await bench.config('changed.yaml', changed(`{ port: 7473, image: ${bench.bed.images.redis} }`));
  const kept = await bench.tm('apply', before, '--keep');
  expect(kept.code, kept.stdout + kept.stderr).toBe(0);
  expect(await everythingOurs(bench.bed)).toEqual(['tm-redis running']);

  const config = await bench.config('changed.yaml', changed(`{ port: ${port}, runtime: process }`));
  const plan = await bench.tm('plan', config);
  expect(plan.stdout).toMatch(/- redis +tm-redis +:7473\/tcp +Redis is a process now/);
  expect(plan.stdout).toMatch(/\+ redis +redis-server/);
  expect(plan.code, plan.stdout + plan.stderr).toBe(0);

  const apply = await bench.tm('apply', config);
  expect(apply.code, apply.stdout + apply.stderr).toBe(0);
  expect(await everythingOurs(bench.bed)).toEqual([]);
});
