/**
 * What the protocol asks of tm, seen by peers that are shell scripts: one test with two processes, on a Redis in which the keys of a
 * former run still stand. Needs `dist/tm.js`, as the end-to-end tests do.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import { type LocalBench, startLocalBench } from '../e2e/harness.ts';
import { PrivateRedis } from '../peer/private-redis.ts';
import { readProtocol } from './protocol.ts';

/** Says what it finds at its start: its variables, and the keys of its name. Then it says each command, and does it. */
const PEER = `
redis() { redis-cli -u "$REDIS_URL" --no-auth-warning --raw "$@"; }
status() { redis SET "\${PEER_NAME}_status" "$1" >/dev/null; }
log() { redis LPUSH "\${PEER_NAME}_log" "$1" >/dev/null; }

keys=$(redis EVAL 'local found = 0 for _, key in ipairs(KEYS) do found = found + redis.call("EXISTS", key) end return found' \\
  5 "\${PEER_NAME}_command" "\${PEER_NAME}_status" "\${PEER_NAME}_log" "\${PEER_NAME}_statuses" "\${PEER_NAME}_heartbeat")
log "info|keys $keys"
for name in REDIS_URL PEER_NAME LISTEN_ADDR HOST_NAME HOST_ADDR TM_RUN_ID TM_DELAY_FILE OWN; do
  eval "log \\"info|$name=\\$$name\\""
done
status "started|/ip4/192.0.2.10/udp/1/$PEER_NAME"
while command=$(redis BLPOP "\${PEER_NAME}_command" 0 | sed 1d); do
  log "info|got $command"
  case $command in
    restart\\|*) status restarting; echo "\${command#*|}" >"$TM_DELAY_FILE"; exit 42 ;;
    nap) sleep 0.5 ;;
    shutdown) status stopped; exit 0 ;;
  esac
done
`;

const ADDRESS = '/ip4/192.0.2.10/udp/1/alice';
const DATABASE = 2;

let redis: PrivateRedis;
let bench: LocalBench;
let events: readonly TmEvent[];

beforeAll(async () => {
  redis = await PrivateRedis.start('pass/word');
  bench = await startLocalBench();
  await redis.admin.select(DATABASE);
  const former = ['command', 'log'].map((key) => redis.admin.rpush(`alice_${key}`, 'old'));
  await Promise.all([
    ...former,
    redis.admin.set('alice_status', 'stopped'),
    redis.admin.set('alice_heartbeat', '1|2000'),
    redis.admin.xadd('alice_statuses', '*', 'status', 'stopped'),
  ]);
  expect(await redis.admin.dbsize()).toBe(5);
  await bench.config('peer.sh', PEER);
  const system = readProtocol().environment.map(({ name }) => name);
  const config = `
name: promises
timeout: { startup: 60, shutdown: 60 }
redis: { runtime: process, port: 7452 }
hosts: [{ name: here, address: localhost, runtime: process, base_port: 12420 }]
peer_environment: { OWN: ours, ${system.map((name) => `${name}: theirs`).join(', ')} }
peers:
  - { name: alice, command: [sh, peer.sh] }
  - { name: bob, command: [sh, peer.sh], bootstrap: [alice] }
commands:
  - { time: 0, peer: alice, command: nap }
  - { time: 0.2, peer: alice, command: c }
  - { time: 0.2, peer: alice, command: a }
  - { time: 0.2, peer: alice, command: b }
  - { time: 0.2, peer: alice, command: "restart|1" }
  - { time: 0.2, peer: alice, command: again }
`;
  const { code, stdout, stderr } = await bench.tm(
    '--redis-url',
    redis.url(DATABASE),
    await bench.config('t.yaml', config),
  );
  expect(code, stdout + stderr).toBe(0);
  events = await bench.journal('promises');
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  await redis?.down();
});

const linesOf = (peer: string): readonly string[] =>
  events.flatMap((event) => (event.type === 'log' && event.peer === peer ? [event.message] : []));
const statusesOf = (peer: string) =>
  events.flatMap((event) => (event.type === 'peer-status' && event.peer === peer ? [event] : []));
const takenBy = (peer: string): readonly string[] => linesOf(peer).flatMap((line) => /^got (.*)/.exec(line)?.[1] ?? []);

test('T-ENVIRONMENT: a peer has all of its variables, whatever the test file says', () => {
  const variables = linesOf('bob').flatMap((line) =>
    /^[A-Z_]+=/.test(line) ? [line.split(/=(.*)/s).slice(0, 2)] : [],
  );
  const { TM_RUN_ID: run, TM_DELAY_FILE: delay, ...rest } = Object.fromEntries(variables) as Record<string, string>;
  expect(rest).toEqual({
    REDIS_URL: expect.stringMatching(/^redis:\/\/default:.*@127\.0\.0\.1:\d+\/2$/),
    PEER_NAME: 'bob',
    LISTEN_ADDR: '/ip4/0.0.0.0/udp/12421/quic-v1',
    HOST_NAME: 'here',
    HOST_ADDR: expect.stringMatching(/^[\d.]+$/),
    OWN: 'ours',
  });
  expect(run).toMatch(/^promises-[\d-]+$/);
  expect(events[0]).toMatchObject({ type: 'run-started', run });
  expect(delay).toMatch(/^\//);
});

test('T-CLEAN: nothing of the last run is there when a peer starts', () => {
  expect(linesOf('alice')[0]).toBe('keys 0');
  expect(takenBy('alice')).not.toContain('old');
});

test('T-CLEAN: what is sent to a peer that restarts is not deleted', () => {
  expect(takenBy('alice').slice(-2)).toEqual(['again', 'shutdown']);
});

test('T-QUEUE: commands that wait together are taken in the order of the timeline', () => {
  expect(takenBy('alice')).toEqual(['nap', 'c', 'a', 'b', 'restart|1', 'again', 'shutdown']);
});

test('T-BOOTSTRAP: each peer is sent the addresses of its neighbours, before the timeline', () => {
  expect(takenBy('bob')).toEqual([`peer|${ADDRESS}`, 'shutdown']);
  const sent = events.findIndex((event) => event.type === 'message-sent' && event.origin === 'bootstrap');
  const begun = events.findIndex(({ type }) => type === 'timeline-started');
  const started = events.flatMap((event, index) =>
    event.type === 'peer-status' && event.status.startsWith('started|') ? [index] : [],
  );
  expect(sent).toBeGreaterThan(started[1]!);
  expect(begun).toBeGreaterThan(sent);
});

test('T-STATUS: statuses that are only SET are told, by notification', () => {
  expect(statusesOf('alice').map(({ status }) => status)).toEqual([
    `started|${ADDRESS}`,
    'restarting',
    `started|${ADDRESS}`,
    'stopped',
  ]);
  expect(events.find(({ type }) => type === 'bus-ready')).toMatchObject({ precision: 'notified' });
});

test('T-RESTART: a process that ends with 42 is run again after its delay', () => {
  const [, restarting, again] = statusesOf('alice');
  // Each is as late as tm hears of it, the first one perhaps later than the second.
  expect(again!.atMs - restarting!.atMs).toBeGreaterThan(800);
});

test('T-EXTENSIONS: a peer that uses none of them passes, and is warned of nothing', () => {
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  expect(warnings).toEqual([]);
  expect(events.filter(({ type }) => type.startsWith('peer-silent'))).toEqual([]);
});
