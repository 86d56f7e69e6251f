import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { peerName } from '../../../src/model/names.ts';
import { type ConsoleOptions, createConsoleView } from '../../../src/views/console/console-view.ts';
import { type FakeTerminal, type FakeTerminalOptions, fakeTerminal } from '../fake-terminal.ts';
import {
  CLOUD,
  cannotStart,
  command,
  createScript,
  dies,
  endsFive,
  FIVE,
  GARAGE,
  inOrder,
  isInterrupted,
  manyPeers,
  passes,
  rudeLogs,
  runStarted,
  startsFive,
} from '../scenarios.ts';

type Changes = Partial<Pick<ConsoleOptions, 'unicode' | 'verbose' | 'logLevel' | 'shownPath' | 'advice'>>;

/** A run told on one terminal, steps included, as in a pipe with `2>&1`. */
async function told(
  events: readonly TmEvent[],
  on: FakeTerminalOptions = { isTTY: false },
  changes: Changes = {},
): Promise<FakeTerminal> {
  const terminal = fakeTerminal(on);
  const view = createConsoleView({
    ...terminal,
    unicode: true,
    verbose: false,
    logLevel: 'info',
    steps: terminal,
    ...changes,
  });
  for (const event of events) view.event(event);
  await view.close();
  return terminal;
}

const snapshotOf = async (...args: Parameters<typeof told>): Promise<string> => `\n${(await told(...args)).raw()}`;

/** A run of five peers whose timeline has begun, then `bodies` from 3 s after that, one a second. */
function after(...bodies: readonly EventBody[]): readonly TmEvent[] {
  const script = createScript();
  startsFive(script);
  for (const [i, body] of bodies.entries()) script.at(5134 + i * 1000, body);
  return inOrder(script.events);
}

/** The lines that `bodies` add to a run whose timeline has begun. */
async function lines(bodies: readonly EventBody[], changes: Changes = {}): Promise<string> {
  const before = (await told(after(), undefined, changes)).raw();
  const all = (await told(after(...bodies), undefined, changes)).raw();
  return `\n${all.slice(before.length)}`;
}

const [ALICE, BOB, CHARLIE, , EVE] = FIVE;
if (ALICE === undefined || BOB === undefined || CHARLIE === undefined || EVE === undefined)
  throw new Error('five peers');

describe('a whole run', () => {
  test('that passes', async () => {
    expect(await snapshotOf(passes())).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          0.5s  redis    ✔ ready  0.3s
          0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          1.0s  cloud    ✔ 2 peers started  0.5s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  garage   ✔ 3 peers started  0.9s
          1.6s  tm       · waiting for 5 peers to start
          1.6s  alice    ◂ started  /ip4/10.0.0.5/udp/11984
          1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
          1.8s  charlie  ◂ started  /ip4/10.0.0.7/udp/11984
          1.9s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
        0.000s  alice    ▸ connect
        0.000s  bob      ▸ connect
        0.041s  alice    ◂ connected
        0.044s  bob      ◂ connected  1 earlier status went by unread
       10.000s  alice    ▸ push|bob|hello-from-alice
       10.213s  bob      │ info  got hello-from-alice
       20.130s  dave     ▸ restart|5  130 ms late
       20.942s  dave     · took "restart|5" after 812 ms
       20.950s  dave     ◂ restarting
       20.950s  dave     ↻ restarting in 5 s
       26.100s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
       31.900s  eve      ▸ pull
       31.950s  eve      │ warn  no messages
       31.970s  tm       ■ timeline ended after 32 s, shutting the peers down
       32.000s  alice    ◂ stopped
       32.007s  bob      ◂ stopped
       32.014s  charlie  ◂ stopped
       32.021s  dave     ◂ stopped
       32.028s  eve      ◂ stopped
       32.360s  cloud    ✔ 2 peers removed  0.2s
       32.380s  garage   ✔ 3 peers removed  0.3s
       32.400s  redis    ✔ removed  0.3s
      ✔ passed in 34.6 s: 5 peers, 5 commands, all taken (p50 1 ms, slowest 812 ms), sent up to 130 ms late
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
      "
    `);
  });

  test('in which a peer runs out of memory', async () => {
    expect(await snapshotOf(dies())).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          0.5s  redis    ✔ ready  0.3s
          0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          1.0s  cloud    ✔ 2 peers started  0.5s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  garage   ✔ 3 peers started  0.9s
          1.6s  tm       · waiting for 5 peers to start
          1.6s  alice    ◂ started  /ip4/10.0.0.5/udp/11984
          1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
          1.8s  charlie  ◂ started  /ip4/10.0.0.7/udp/11984
          1.9s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
        0.000s  alice    ▸ connect
        0.041s  alice    ◂ connected
       25.000s  charlie  ▸ rotate-key
       31.870s  charlie  ✖ exited with 137 (out of memory: 256 MiB) 6.9 s after "rotate-key"
                           │ info rotating
                           │ error allocating 98304 bytes
       31.900s  charlie  ⚠ "pull" not sent: charlie is dead
       31.900s  eve      ▸ pull
       31.970s  tm       ■ timeline ended after 32 s, shutting the peers down
       32.000s  alice    ◂ stopped
       32.007s  bob      ◂ stopped
       32.014s  dave     ◂ stopped
       32.021s  eve      ◂ stopped
       32.360s  cloud    ✔ 2 peers removed  0.2s
       32.380s  garage   ✔ 3 peers removed  0.3s
       32.400s  redis    ✔ removed  0.3s
      ✖ failed after 34.6 s: charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"
          1 command was not sent
        commands  3 sent, all taken (p50 1 ms, slowest 2 ms), 1 not sent
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      less .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/containers/charlie.log  # all that charlie wrote
      "
    `);
  });

  test('that is interrupted, and leaves something', async () => {
    expect(await snapshotOf(isInterrupted())).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          0.5s  redis    ✔ ready  0.3s
          0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          1.0s  cloud    ✔ 2 peers started  0.5s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  garage   ✔ 3 peers started  0.9s
          1.6s  tm       · waiting for 5 peers to start
          1.6s  alice    ◂ started  /ip4/10.0.0.5/udp/11984
          1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
          1.8s  charlie  ◂ started  /ip4/10.0.0.7/udp/11984
          1.9s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
        0.000s  alice    ▸ connect
        3.000s  tm       ⚠ redis lost: connection reset; trying again
        4.200s  tm       ✔ redis is back after 1.2 s
        9.000s  tm       ■ stop requested by SIGINT  once more leaves at once
        9.010s  tm       ■ shutting the peers down
        9.040s  alice    ◂ stopped
        9.047s  bob      ◂ stopped
        9.054s  charlie  ◂ stopped
        9.061s  dave     ◂ stopped
        9.068s  eve      ◂ stopped
        9.400s  cloud    ✔ 2 peers removed  0.2s
        9.420s  garage   ✔ 3 peers removed  0.3s
        9.440s  redis    ✔ removed  0.3s
      ■ interrupted by SIGINT after 11.6 s
          4 of 5 commands were not sent
        commands  1 sent, all taken (p50 2 ms, slowest 2 ms)
        left      garage: tm-eve (running)
                  redis: tm-redis
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      tm destroy smoke.yaml  # removes what is left
      "
    `);
  });

  test('that cannot start', async () => {
    expect(await snapshotOf(cannotStart())).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
      ✖ could not start, after 5 s: 2 faults
          garage (10.0.0.5:22) does not answer
            ssh deploy@10.0.0.5 shows whether it is there
          the host key of cloud (203.0.113.7) is unknown
            ssh-keyscan -H 203.0.113.7 >> ~/.ssh/known_hosts, or host_key: accept-new
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
      "
    `);
  });

  test('of forty peers, one of which cannot be started', async () => {
    expect(await snapshotOf(manyPeers())).toMatchInlineSnapshot(`
      "
      mesh-40 · 40 peers · smoke.yaml
          0.3s  tm       ✔ planned: 42 to add, 241 MB to send  0.3s
          0.6s  redis    ✔ ready  0.3s
          1.9s  cloud    ✖ peer-17: UDP port 11992 of cloud is taken
                           │ choose another base_port for cloud, or free it: ss -ulpn sport = :11992
          3.5s  cloud    ✖ 19 of 20 peers started, peer-17 failed  2.8s
         10.3s  garage   · node:1.4  ▕█████████   ▏ 80 %  193 of 241 MB  19.3 MB/s, 3 s left
         14.3s  garage   ✔ node:1.4 sent 241 MB at 17.2 MB/s  14.0s
         17.2s  garage   ✔ 20 peers started  2.8s
      ✖ could not start, after 18 s: peer-17: UDP port 11992 of cloud is taken
          choose another base_port for cloud, or free it: ss -ulpn sport = :11992
        left      garage: 20 containers
                  cloud: 19 containers
                  redis: tm-redis
        evidence  .tm/mesh-40/runs/mesh-40-2026-02-03-14-02-11
        next      tm apply smoke.yaml  # goes on from here, once that is mended
                  tm destroy smoke.yaml  # removes what is left
      "
    `);
  });

  test('without Unicode: none of our own signs is beyond ASCII', async () => {
    const text = await snapshotOf(dies(), { isTTY: false }, { unicode: false });
    expect(text).toMatchInlineSnapshot(`
      "
      smoke-5peer - 5 peers - smoke.yaml
          0.2s  tm       + planned: 8 to add, 18.2 MB to send  0.2s
          0.5s  redis    + ready  0.3s
          0.7s  garage   + node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          1.0s  cloud    + 2 peers started  0.5s
          1.1s  bob      | info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  garage   + 3 peers started  0.9s
          1.6s  tm       - waiting for 5 peers to start
          1.6s  alice    < started  /ip4/10.0.0.5/udp/11984
          1.7s  bob      < started  /ip4/10.0.0.6/udp/11984
          1.8s  charlie  < started  /ip4/10.0.0.7/udp/11984
          1.9s  dave     < started  /ip4/10.0.0.8/udp/11984
          2.0s  eve      < started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       * timeline: 5 commands over 31.9 s  times count from here
        0.000s  alice    > connect
        0.041s  alice    < connected
       25.000s  charlie  > rotate-key
       31.870s  charlie  x exited with 137 (out of memory: 256 MiB) 6.9 s after "rotate-key"
                           | info rotating
                           | error allocating 98304 bytes
       31.900s  charlie  ! "pull" not sent: charlie is dead
       31.900s  eve      > pull
       31.970s  tm       # timeline ended after 32 s, shutting the peers down
       32.000s  alice    < stopped
       32.007s  bob      < stopped
       32.014s  dave     < stopped
       32.021s  eve      < stopped
       32.360s  cloud    + 2 peers removed  0.2s
       32.380s  garage   + 3 peers removed  0.3s
       32.400s  redis    + removed  0.3s
      x failed after 34.6 s: charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"
          1 command was not sent
        commands  3 sent, all taken (p50 1 ms, slowest 2 ms), 1 not sent
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      less .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/containers/charlie.log  # all that charlie wrote
      "
    `);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
    expect(text).toMatch(/^[\x00-\x7f]*$/);
  });

  test('on a terminal of 40 columns', async () => {
    const text = await snapshotOf(dies(), { width: 40 });
    expect(text).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
          0.2s  tm       ✔ planned: 8 to add,
          18.2 MB to send  0.2s
          0.5s  redis    ✔ ready  0.3s
          0.7s  garage   ✔ node:1.4 sent 18.2
          MB at 36.4 MB/s  0.5s
          1.0s  cloud    ✔ 2 peers started
          0.5s
          1.1s  bob      │ info  listening on
          /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  garage   ✔ 3 peers started
          0.9s
          1.6s  tm       · waiting for 5 peers
          to start
          1.6s  alice    ◂ started
          /ip4/10.0.0.5/udp/11984
          1.7s  bob      ◂ started
          /ip4/10.0.0.6/udp/11984
          1.8s  charlie  ◂ started
          /ip4/10.0.0.7/udp/11984
          1.9s  dave     ◂ started
          /ip4/10.0.0.8/udp/11984
          2.0s  eve      ◂ started
          /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5
          commands over 31.9 s
          times count from here
        0.000s  alice    ▸ connect
        0.041s  alice    ◂ connected
       25.000s  charlie  ▸ rotate-key
       31.870s  charlie  ✖ exited with 137
          (out of memory: 256 MiB) 6.9 s after
          "rotate-key"
          │ info rotating
          │ error allocating 98304 bytes
       31.900s  charlie  ⚠ "pull" not sent:
          charlie is dead
       31.900s  eve      ▸ pull
       31.970s  tm       ■ timeline ended
          after 32 s, shutting the peers down
       32.000s  alice    ◂ stopped
       32.007s  bob      ◂ stopped
       32.014s  dave     ◂ stopped
       32.021s  eve      ◂ stopped
       32.360s  cloud    ✔ 2 peers removed
          0.2s
       32.380s  garage   ✔ 3 peers removed
          0.3s
       32.400s  redis    ✔ removed  0.3s
      ✖ failed after 34.6 s: charlie died:
        exited with 137 (out of memory) 6.9 s
        after "rotate-key"
          1 command was not sent
        commands  3 sent, all taken (p50 1 ms,
                  slowest 2 ms), 1 not sent
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      less .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/containers/charlie.log  # all that charlie wrote
      "
    `);
    // Paths and commands at the end are left whole, to be copied.
    const wrapped = text.slice(0, text.indexOf('  evidence')).split('\n');
    expect(Math.max(...wrapped.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test('verbose: every step, every receipt, every message', async () => {
    expect(await snapshotOf(passes(), { isTTY: false }, { verbose: true, logLevel: 'trace' })).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
          0.0s  tm       · phase planning
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          0.2s  tm       · phase applying
          0.2s  redis    · redis:start  not there
          0.2s  garage   · send:garage:ghcr.io/acme/node:1.4  not there
          0.5s  redis    ✔ redis:start  0.3s
          0.5s  redis    · redis:prepare  not there
          0.5s  redis    ✔ redis:prepare  0.0s
          0.5s  redis    ✔ ready  0.3s
          0.5s  tm       · listening on redis 192.0.2.10:6399
          0.5s  cloud    · run:cloud:tm-bob  not there
          0.5s  cloud    · run:cloud:tm-dave  not there
          0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          0.7s  garage   · run:garage:tm-alice  not there
          0.7s  garage   · run:garage:tm-charlie  not there
          0.7s  garage   · run:garage:tm-eve  not there
          0.9s  cloud    ✔ run:cloud:tm-bob  0.4s
          1.0s  cloud    ✔ run:cloud:tm-dave  0.5s
          1.0s  cloud    ✔ 2 peers started  0.5s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.4s  garage   ✔ run:garage:tm-alice  0.7s
          1.5s  garage   ✔ run:garage:tm-charlie  0.8s
          1.6s  garage   ✔ run:garage:tm-eve  0.9s
          1.6s  garage   ✔ 3 peers started  0.9s
          1.6s  tm       · phase monitoring
          1.6s  tm       · waiting for 5 peers to start
          1.6s  alice    ◂ started  /ip4/10.0.0.5/udp/11984
          1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
          1.8s  charlie  ◂ started  /ip4/10.0.0.7/udp/11984
          1.9s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
          2.0s  bob      ▸ peer|/ip4/10.0.0.5/udp/11984  bootstrap
          2.0s  bob      · took "peer|/ip4/10.0.0.5/udp/11984" after 1 ms
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
        0.000s  alice    ▸ connect
        0.000s  bob      ▸ connect
        0.001s  bob      · took "connect" after 1 ms
        0.002s  alice    · took "connect" after 2 ms
        0.041s  alice    ◂ connected
        0.044s  bob      ◂ connected  1 earlier status went by unread
       10.000s  alice    ▸ push|bob|hello-from-alice
       10.001s  alice    · took "push|bob|hello-from-alice" after 1 ms
       10.213s  bob      │ info  got hello-from-alice
       10.214s  bob      │ debug queue is empty
       20.130s  dave     ▸ restart|5  130 ms late
       20.942s  dave     · took "restart|5" after 812 ms
       20.950s  dave     ◂ restarting
       20.950s  dave     ↻ restarting in 5 s
       26.100s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
       31.900s  eve      ▸ pull
       31.901s  eve      · took "pull" after 1 ms
       31.950s  eve      │ warn  no messages
       31.960s  tm       · timeline ended after 32 s
       31.970s  alice    ▸ shutdown  shutdown
       31.970s  bob      ▸ shutdown  shutdown
       31.970s  charlie  ▸ shutdown  shutdown
       31.970s  dave     ▸ shutdown  shutdown
       31.970s  eve      ▸ shutdown  shutdown
       32.000s  alice    ◂ stopped
       32.007s  bob      ◂ stopped
       32.014s  charlie  ◂ stopped
       32.021s  dave     ◂ stopped
       32.028s  eve      ◂ stopped
       32.030s  alice    ■ exited with 0
       32.037s  bob      ■ exited with 0
       32.044s  charlie  ■ exited with 0
       32.051s  dave     ■ exited with 0
       32.058s  eve      ■ exited with 0
       32.090s  tm       · verdict: passed
       32.090s  tm       · phase tearingDown
       32.120s  garage   · remove:garage:tm-alice  not there
       32.120s  cloud    · remove:cloud:tm-bob  not there
       32.120s  garage   · remove:garage:tm-charlie  not there
       32.120s  cloud    · remove:cloud:tm-dave  not there
       32.120s  garage   · remove:garage:tm-eve  not there
       32.120s  redis    · redis:remove  not there
       32.300s  garage   ✔ remove:garage:tm-alice  0.2s
       32.320s  cloud    ✔ remove:cloud:tm-bob  0.2s
       32.340s  garage   ✔ remove:garage:tm-charlie  0.2s
       32.360s  cloud    ✔ remove:cloud:tm-dave  0.2s
       32.360s  cloud    ✔ 2 peers removed  0.2s
       32.380s  garage   ✔ remove:garage:tm-eve  0.3s
       32.380s  garage   ✔ 3 peers removed  0.3s
       32.400s  redis    ✔ removed  0.3s
       32.470s  tm       · phase done
      ✔ passed in 34.6 s: 5 peers, 5 commands, all taken (p50 1 ms, slowest 812 ms), sent up to 130 ms late
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
      "
    `);
  });
});

describe('what strangers write', () => {
  test('is harmless on a terminal, and wrapped to it', async () => {
    const terminal = await told(rudeLogs(), { width: 80 });
    expect(`\n${terminal.raw()}`).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 peers · smoke.yaml
          0.0s  tm                · waiting for 2 peers to start
        0.000s  tm                ▶ timeline: 0 commands  times count from here
        0.010s  a-peer-w…ds-in-7  │ info  red and cleared\\x07
        0.020s  a-peer-w…ds-in-7  │ error panicked at src/main.rs:41:
                                            index out of bounds
                                            note: run with RUST_BACKTRACE=1
        0.030s  a-peer-w…ds-in-7  │ warn  10 %\\r20 %\\r30 %    done \\u202edlrow\\u202c
        0.040s  a-peer-w…ds-in-7  │ info  接続しました: 4 つのピア 👍
                                          すべて正常に動作しています。次の試験に進みま
                                          す。
        0.050s  a-peer-w…ds-in-7  │ info  the quick brown fox jumps over the lazy dog
                                          the quick brown fox jumps over the lazy dog
                                          the quick brown fox jumps over the lazy dog
                                          the quick brown fox jumps over the lazy dog
        0.060s  a-peer-w…ds-in-7  │ info  x0123456789abcdef0123456789abcdef0123456789a
                                          bcdef0123456789abcdef0123456789abcdef0123456
                                          789abcdef0123456789abcdef0123456789abcdef012
                                          3456789abcdef0123456789abcdef0123456789abcde
                                          f0123456789abcdef0123456789abcdef0123456789a
                                          bcdef0123456789abcdef0123456789abcdef0123456
                                          … 2937 more characters, in run.log
        0.080s  tm                ⚠ redis asks for more memory
                                    │ sysctl vm.overcommit_memory=1
        0.090s  garage            ✖ lost: the connection was closed
      ✖ failed after 1.1 s: host garage was lost
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      less .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/run.log
      "
    `);
    // Without colours of ours, every escape sequence that is left would be a peer's.
    expect(terminal.raw()).not.toContain('\u001b');
  });

  test('is left whole in a pipe, and still harmless', async () => {
    const text = (await told(rudeLogs())).raw();
    expect(text).toContain(`x${'0123456789abcdef'.repeat(200)}\n`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test('in a command, a status, a host or a reason is harmless too', async () => {
    const evil = '\u001b[2Jx\u0007';
    const text = await lines([
      { type: 'command-sent', index: 9, peer: ALICE, command: `push|${evil}`, dueMs: 0, sentMs: 0 },
      { type: 'peer-status', peer: ALICE, status: `${evil}|${evil}`, missed: 0 },
      { type: 'host-lost', host: GARAGE, because: evil },
      { type: 'peer-died', peer: ALICE, host: GARAGE, oomKilled: false, lastLines: [evil] },
      { type: 'verdict', verdict: { kind: 'failed', reasons: [evil, evil] } },
    ]);
    expect(text).toContain('push|x\\x07');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('lines', () => {
  test('logs are told from the chosen level up', async () => {
    const log = (level: 'error' | 'warn' | 'info' | 'debug' | 'trace'): EventBody => ({
      type: 'log',
      peer: ALICE,
      level,
      message: `a ${level}`,
    });
    const all = (['error', 'warn', 'info', 'debug', 'trace'] as const).map(log);
    expect(await lines(all, { logLevel: 'warn' })).toMatchInlineSnapshot(`
      "
        3.000s  alice    │ error a error
        4.000s  alice    │ warn  a warn
      "
    `);
    expect(await lines(all, { logLevel: 'error' })).toMatchInlineSnapshot(`
      "
        3.000s  alice    │ error a error
      "
    `);
    expect((await lines(all, { logLevel: 'trace' })).trim().split('\n')).toHaveLength(5);
  });

  test('a receipt is told only when it was slow', async () => {
    const taken = (afterMs: number): EventBody => ({
      type: 'command-taken',
      index: 1,
      peer: ALICE,
      command: 'pull',
      afterMs,
    });
    expect(await lines([taken(49), taken(50), taken(1234)])).toMatchInlineSnapshot(`
      "
        4.000s  alice    · took "pull" after 50 ms
        5.000s  alice    · took "pull" after 1.2 s
      "
    `);
    expect(await lines([taken(0.2)], { verbose: true })).toMatchInlineSnapshot(`
      "
        3.000s  alice    · took "pull" after <1 ms
      "
    `);
  });

  test('deaths say how, why, and after what', async () => {
    const death = (more: object): EventBody => ({
      type: 'peer-died',
      peer: CHARLIE,
      host: GARAGE,
      oomKilled: false,
      lastLines: [],
      ...more,
    });
    const sent: EventBody = { type: 'message-sent', peer: CHARLIE, command: 'rotate-key', origin: 'hand' };
    expect(
      await lines([
        death({ exitCode: 3 }),
        sent,
        death({ exitCode: 139 }),
        death({}),
        death({ exitCode: 137, oomKilled: true }),
        death({ exitCode: 137, oomKilled: true, memoryBytes: 64 * 2 ** 20, lastLines: ['one\ntwo', 'three'] }),
      ]),
    ).toMatchInlineSnapshot(`
      "
        3.000s  charlie  ✖ exited with 3
        4.000s  charlie  ▸ rotate-key  by hand
        5.000s  charlie  ✖ exited with 139 (segmentation fault) 1 s after "rotate-key"
        6.000s  charlie  ✖ is gone (exit code unknown) 2 s after "rotate-key"
        7.000s  charlie  ✖ exited with 137 (out of memory) 3 s after "rotate-key"
        8.000s  charlie  ✖ exited with 137 (out of memory: 64 MiB) 4 s after "rotate-key"
                           │ one
                           │ two
                           │ three
      "
    `);
  });

  test('what happens to Redis, hosts and restarts', async () => {
    expect(
      await lines([
        { type: 'warning', message: 'an image is not used', hint: 'take it out of images' },
        { type: 'bus-ready', redis: '192.0.2.10:6399', precision: 'polled' },
        { type: 'bus-lost', because: 'connection reset' },
        { type: 'bus-restored', afterMs: 65_000 },
        { type: 'host-lost', host: CLOUD, because: 'no answer for 15 s' },
        { type: 'peer-restarting', peer: EVE, delayMs: 0 },
        { type: 'peer-restarting', peer: EVE, delayMs: 2500 },
        { type: 'peer-exited', peer: EVE, host: GARAGE, exitCode: 0 },
        { type: 'peer-exited', peer: EVE, host: GARAGE, exitCode: 3 },
        { type: 'peer-status', peer: EVE, status: 'stopped', missed: 2 },
        { type: 'command-sent', index: 7, peer: BOB, command: 'pull', dueMs: 3000, sentMs: 3051 },
        { type: 'command-skipped', index: 8, peer: BOB, command: 'pull', because: 'bob is dead' },
      ]),
    ).toMatchInlineSnapshot(`
      "
        3.000s  tm       ⚠ an image is not used
                           │ take it out of images
        4.000s  tm       ⚠ redis 192.0.2.10:6399 gives no notifications, so statuses are polled
                           │ statuses that change quickly may be missed; allow CONFIG SET there, or leave Redis to tm
        5.000s  tm       ⚠ redis lost: connection reset; trying again
        6.000s  tm       ✔ redis is back after 1 min 5 s
        7.000s  cloud    ✖ lost: no answer for 15 s
        8.000s  eve      ↻ restarting now
        9.000s  eve      ↻ restarting in 2.5 s
       11.000s  eve      ⚠ exited with 3, after it had reported stopped
       12.000s  eve      ◂ stopped  2 earlier statuses went by unread
       13.000s  bob      ▸ pull  51 ms late
       14.000s  bob      ⚠ "pull" not sent: bob is dead
      "
    `);
  });

  test('after a stop, the commands that were still to come are not listed one by one', async () => {
    const skipped: EventBody = { type: 'command-skipped', index: 4, peer: BOB, command: 'pull', because: 'stopped' };
    expect(await lines([{ type: 'stop-requested', by: 'SIGTERM' }, skipped])).toMatchInlineSnapshot(`
      "
        3.000s  tm       ■ stop requested by SIGTERM  once more leaves at once
      "
    `);
    expect(await lines([{ type: 'stop-requested', by: 'SIGTERM' }, skipped], { verbose: true })).toContain('not sent');
  });

  test('the shutdown of many peers is one line', async () => {
    const shutdown = FIVE.map(
      (peer): EventBody => ({ type: 'message-sent', peer, command: 'shutdown', origin: 'shutdown' }),
    );
    expect(await lines(shutdown)).toMatchInlineSnapshot(`
      "
        3.000s  tm       ■ shutting the peers down
      "
    `);
    expect((await lines(shutdown, { verbose: true })).trim().split('\n')).toHaveLength(5);
  });

  test('the warnings of a plan are told', async () => {
    const script = createScript();
    startsFive(script);
    const events = script.events.map((event) =>
      event.type === 'planned' ? { ...event, plan: { ...event.plan, warnings: ['bob has no commands'] } } : event,
    );
    expect((await told(inOrder(events))).raw()).toContain('    0.2s  tm       ⚠ bob has no commands\n');
  });
});

describe('the end', () => {
  const verdict = (body: EventBody & { type: 'verdict' }): Promise<string> => lines([body]);

  test('a run that breaks off after its timeline began did start', async () => {
    expect(
      await verdict({
        type: 'verdict',
        verdict: {
          kind: 'errored',
          faults: [
            {
              kind: 'unreachable',
              what: 'redis',
              message: 'Redis at 192.0.2.10:6399 does not answer any more',
              hint: 'see whether it still runs: docker ps -a',
            },
          ],
        },
      }),
    ).toMatchInlineSnapshot(`
      "
      ✖ broke off, after 5.1 s: Redis at 192.0.2.10:6399 does not answer any more
          see whether it still runs: docker ps -a
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      less .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/run.log
      "
    `);
  });

  test('a lock says who may be watched, a config where it is wrong', async () => {
    expect(
      await verdict({
        type: 'verdict',
        verdict: {
          kind: 'errored',
          faults: [
            {
              kind: 'locked',
              message: 'run smoke-1 of ada on laptop holds it since 14:02',
              holder: { test: 'smoke-5peer', run: 'smoke-1', pid: 1, machine: 'laptop', user: 'ada', since: '' },
            },
            {
              kind: 'config',
              message: 'smoke.yaml has 1 fault',
              faults: [
                {
                  severity: 'error',
                  code: 'unknown-key',
                  message: 'unknown key "tiem"',
                  suggestion: 'did you mean "time"?',
                  file: 'smoke.yaml',
                  line: 44,
                  column: 5,
                  length: 4,
                  source: '',
                },
              ],
            },
            { kind: 'failed', host: GARAGE, message: 'no space left on device' },
          ],
        },
      }),
    ).toMatchInlineSnapshot(`
      "
      ✖ broke off, after 5.1 s: 3 faults
          run smoke-1 of ada on laptop holds it since 14:02
          smoke.yaml has 1 fault
            smoke.yaml:44:5 unknown key "tiem" (did you mean "time"?)
          garage: no space left on device
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      tm watch smoke.yaml  # shows the run that holds it
      "
    `);
  });

  test('commands that nobody took are named, the first of them', async () => {
    const script = createScript();
    startsFive(script);
    for (let i = 0; i < 5; i++) {
      const at = 1000 * i;
      script.at(2134 + at, { type: 'command-sent', index: i, peer: BOB, command: `pull ${i}`, dueMs: at, sentMs: at });
    }
    command(script, 5, 6000, EVE, 'pull', 12);
    script.at(9000, { type: 'verdict', verdict: { kind: 'failed', reasons: ['bob hangs'] } });
    const text = (await told(inOrder(script.events))).raw();
    expect(text.slice(text.indexOf('✖ failed'))).toMatchInlineSnapshot(`
      "✖ failed after 9 s: bob hangs
        commands  6 sent, 1 taken (p50 12 ms, slowest 12 ms)
                  never taken: bob "pull 0" (sent at 0.0 s)
                  never taken: bob "pull 1" (sent at 1.0 s)
                  never taken: bob "pull 2" (sent at 2.0 s)
                  and 2 more never taken
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      less .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/run.log
      "
    `);
  });

  test('a pass behind which the teardown failed does not look like one', async () => {
    const script = createScript();
    startsFive(script);
    endsFive(script, 5000, FIVE, { type: 'verdict', verdict: { kind: 'passed' } }, ['garage: tm-eve (running)']);
    const events = script.events.map((event) => (event.type === 'run-ended' ? { ...event, exitCode: 4 } : event));
    const text = (await told(inOrder(events))).raw();
    expect(text.slice(text.indexOf('⚠ passed'))).toMatchInlineSnapshot(`
      "⚠ passed in 5.5 s: 5 peers, no commands
          cleaning up went wrong, so the exit code is 4
        left      garage: tm-eve (running)
        evidence  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11
        next      tm destroy smoke.yaml  # removes what is left
      "
    `);
  });

  test('many things that are left are counted', async () => {
    const left = Array.from({ length: 12 }, (_, i) => `garage: tm-peer-${i}`);
    const script = createScript();
    script.at(0, runStarted(FIVE));
    script.at(5, { type: 'verdict', verdict: { kind: 'interrupted', by: 'SIGINT', reasons: [] } });
    script.at(6, { type: 'run-ended', exitCode: 130, ms: 6, left });
    const text = (await told(script.events)).raw();
    expect(text).toContain('tm-peer-6\n');
    expect(text).not.toContain('tm-peer-7');
    expect(text).toContain('and 5 more\n');
  });

  test('a verdict is told once, also when the run never says that it ended', async () => {
    const cut = passes().filter((event) => event.type !== 'run-ended');
    expect((await told(cut)).raw().match(/✔ passed/g)).toHaveLength(1);
    expect((await told(passes())).raw().match(/✔ passed/g)).toHaveLength(1);
  });

  test('paths are shortened by the caller, and quoted for a shell', async () => {
    const shownPath = (path: string): string => `my tests/${path}`;
    const text = (await told(isInterrupted(), undefined, { shownPath })).raw();
    expect(text).toContain("tm destroy 'my tests/smoke.yaml'");
    expect(text).toContain('evidence  my tests/.tm/');
  });
});

test('a second run begins a new story', async () => {
  const text = (await told([...dies(), ...passes()])).raw();
  const second = text.slice(text.lastIndexOf('smoke-5peer · 5 peers'));
  expect(second).toBe((await told(passes())).raw());
});

test('a resumed run says so', async () => {
  const script = createScript();
  const started = runStarted([peerName('alice')]);
  if (started.type !== 'run-started') throw new Error('a run');
  script.at(0, { ...started, resumed: true });
  expect((await told(script.events)).raw()).toBe(
    'smoke-5peer · 1 peer · smoke.yaml · goes on with an earlier attempt\n',
  );
});

test('colours: one a meaning, and a name keeps its own', async () => {
  const text = (await told(dies(), { width: 100, colors: 1 })).raw();
  const line = (part: string): string => text.split('\n').find((candidate) => candidate.includes(part)) ?? '';
  expect(line('rotate-key').replaceAll('\u001b', '␛')).toMatchInlineSnapshot(
    `" 25.000s  ␛[94mcharlie␛[39m  ␛[36m▸␛[39m rotate-key"`,
  );
  expect(line('exited with 137').replaceAll('\u001b', '␛')).toMatchInlineSnapshot(
    `" 31.870s  ␛[94mcharlie␛[39m  ␛[31m✖␛[39m ␛[31mexited with 137 (out of memory: 256 MiB) 6.9 s after "rotate-key"␛[39m"`,
  );
  expect(line('after 34.6 s').replaceAll('\u001b', '␛')).toMatchInlineSnapshot(
    `"␛[31m✖␛[39m ␛[31m␛[1mfailed␛[22m␛[39m after 34.6 s: charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key""`,
  );
  const colorsOf = (name: string): Set<string> =>
    new Set([...text.matchAll(new RegExp(`(\u001b\\[\\d+m)${name} *\u001b`, 'g'))].map(([, color]) => color ?? ''));
  expect(colorsOf('alice').size).toBe(1);
  expect(colorsOf('charlie').size).toBe(1);
});
