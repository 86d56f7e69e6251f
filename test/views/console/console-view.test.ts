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
  expects,
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

type Changes = Partial<Pick<ConsoleOptions, 'unicode' | 'verbose' | 'logLevel' | 'shownPath' | 'closing'>>;

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
      ✔ passed after 34.6 s: 5 peers, 5 commands, all taken (p50 1 ms, slowest 812 ms), sent up to 130 ms late
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
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
       31.870s  charlie  ✖ exited with 137 (out of memory: 256 MiB), 6.9 s after "rotate-key"
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
      ✖ failed after 34.6 s: charlie died, 1 command was not sent
          charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"
        commands  3 sent, all taken (p50 1 ms, slowest 2 ms), 1 not sent
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next      tm logs charlie
                  tm replay
                  tm apply smoke.yaml
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
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
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
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
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
        left    garage: 20 containers
                cloud: 19 containers
                redis: tm-redis
        report  .tm/mesh-40/runs/mesh-40-2026-02-03-14-02-11/report.html
        next    tm apply smoke.yaml  # goes on from here, once that is mended
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
       31.870s  charlie  x exited with 137 (out of memory: 256 MiB), 6.9 s after "rotate-key"
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
      x failed after 34.6 s: charlie died, 1 command was not sent
          charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"
        commands  3 sent, all taken (p50 1 ms, slowest 2 ms), 1 not sent
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next      tm logs charlie
                  tm replay
                  tm apply smoke.yaml
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
          (out of memory: 256 MiB), 6.9 s
          after "rotate-key"
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
      ✖ failed after 34.6 s: charlie died, 1
        command was not sent
          charlie died: exited with 137 (out
          of memory) 6.9 s after "rotate-key"
        commands  3 sent, all taken (p50 1 ms,
                  slowest 2 ms), 1 not sent
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next      tm logs charlie
                  tm replay
                  tm apply smoke.yaml
      "
    `);
    // Paths and commands at the end are left whole, to be copied.
    const wrapped = text.slice(0, text.indexOf('  report')).split('\n');
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
          0.5s  tm       · listening on Redis 7.0.15: statuses are read when it notifies
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
      ✔ passed after 34.6 s: 5 peers, 5 commands, all taken (p50 1 ms, slowest 812 ms), sent up to 130 ms late
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
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
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next    tm logs
                tm replay
                tm apply smoke.yaml
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
      { type: 'peer-status', peer: ALICE, status: `${evil}|${evil}`, missed: 0, via: 'poll' },
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
        5.000s  charlie  ✖ exited with 139 (segmentation fault), 1 s after "rotate-key"
        6.000s  charlie  ✖ is gone (exit code unknown), 2 s after "rotate-key"
        7.000s  charlie  ✖ exited with 137 (out of memory), 3 s after "rotate-key"
        8.000s  charlie  ✖ exited with 137 (out of memory: 64 MiB), 4 s after "rotate-key"
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
        { type: 'bus-ready', redis: 'Redis 7.0.15', precision: 'polled' },
        { type: 'bus-lost', because: 'connection reset' },
        { type: 'bus-restored', afterMs: 65_000 },
        { type: 'host-lost', host: CLOUD, because: 'no answer for 15 s' },
        { type: 'peer-restarting', peer: EVE, delayMs: 0 },
        { type: 'peer-restarting', peer: EVE, delayMs: 2500 },
        { type: 'peer-exited', peer: EVE, host: GARAGE, exitCode: 0 },
        { type: 'peer-exited', peer: EVE, host: GARAGE, exitCode: 42 },
        { type: 'peer-status', peer: EVE, status: 'stopped', missed: 2, via: 'notification' },
        { type: 'command-sent', index: 7, peer: BOB, command: 'pull', dueMs: 3000, sentMs: 3051 },
        { type: 'command-skipped', index: 8, peer: BOB, command: 'pull', because: 'bob is dead' },
      ]),
    ).toMatchInlineSnapshot(`
      "
        3.000s  tm       ⚠ an image is not used
                           │ take it out of images
        4.000s  tm       ⚠ Redis 7.0.15 gives no notifications, so statuses are polled
                           │ statuses that change quickly may be missed; allow CONFIG SET there, or leave Redis to tm
        5.000s  tm       ⚠ redis lost: connection reset; trying again
        6.000s  tm       ✔ redis is back after 1 min 5 s
        7.000s  cloud    ✖ lost: no answer for 15 s
        8.000s  eve      ↻ restarting now
        9.000s  eve      ↻ restarting in 2.5 s
       11.000s  eve      ⚠ exited with 42, and is not started again: the test is over
       12.000s  eve      ◂ stopped  2 earlier statuses went by unread
       13.000s  bob      ▸ pull  51 ms late
       14.000s  bob      ⚠ "pull" not sent: bob is dead
      "
    `);
  });

  test('a peer that falls silent, and is heard again', async () => {
    const events: readonly EventBody[] = [
      { type: 'peer-silent', peer: BOB, forMs: 10_003.4, lastAt: '2026-02-03T14:02:20.000Z' },
      { type: 'peer-heard', peer: BOB, afterMs: 95_012 },
    ];
    expect(await lines(events)).toMatchInlineSnapshot(`
      "
        3.000s  bob      ⚠ silent for 10 s: no heartbeat, status or log line
                           │ it hangs, is suspended, or does not reach Redis
        4.000s  bob      ✔ heard again after 1 min 35 s
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

  test('many commands that are skipped for one reason are not listed one by one', async () => {
    const skipped = (index: number, because: string): EventBody => ({
      type: 'command-skipped',
      index,
      peer: BOB,
      command: `pull ${index}`,
      because,
    });
    const many = Array.from({ length: 6 }, (_, i) => skipped(i, 'the test had failed already (--fail-fast)'));
    expect(await lines([...many, skipped(9, 'it died')])).toMatchInlineSnapshot(`
      "
        3.000s  bob      ⚠ "pull 0" not sent: the test had failed already (--fail-fast)
        4.000s  bob      ⚠ "pull 1" not sent: the test had failed already (--fail-fast)
        5.000s  bob      ⚠ "pull 2" not sent: the test had failed already (--fail-fast)
        6.000s  tm       ⚠ more commands are not sent: the test had failed already (--fail-fast)
        9.000s  bob      ⚠ "pull 9" not sent: it died
      "
    `);
    expect((await lines(many, { verbose: true })).trim().split('\n')).toHaveLength(6);
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
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next    tm logs
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
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next    tm watch smoke.yaml  # shows the run that holds it
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
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next      tm logs
                  tm replay
                  tm apply smoke.yaml
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
      "⚠ passed after 5.5 s: 5 peers, no commands
          cleaning up went wrong, so the exit code is 4
        left    garage: tm-eve (running)
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next    tm destroy smoke.yaml  # removes what is left
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

  test('of two verdicts only the last is told', async () => {
    const interrupted = { kind: 'interrupted', by: 'SIGINT', reasons: [] } as const;
    const events = passes().flatMap((event): readonly TmEvent[] =>
      event.type === 'run-ended'
        ? [
            { ...event, type: 'verdict', verdict: interrupted },
            { ...event, exitCode: 130 },
          ]
        : [event],
    );
    const text = (await told(events)).raw();
    expect(text.match(/interrupted by SIGINT/g)).toHaveLength(1);
    expect(text).not.toContain('passed');
  });

  test('paths are shortened by the caller, and quoted for a shell', async () => {
    const shownPath = (path: string): string => `my tests/${path}`;
    const text = (await told(isInterrupted(), undefined, { shownPath })).raw();
    expect(text).toContain("tm destroy 'my tests/smoke.yaml'");
    expect(text).toContain('report    my tests/.tm/');
  });
});

describe('expectations', () => {
  const end = (text: string): string => `\n${text.slice(text.indexOf('failed after') - 2)}`;

  test('are told as they are decided, and at the end with what was seen instead', async () => {
    const text = (await told(expects())).raw();
    expect(`\n${text.slice(text.indexOf('    2.0s'))}`).toMatchInlineSnapshot(`
      "
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s, 5 expectations  times count from here
        0.000s  bob      ▸ connect
        0.041s  bob      ◂ connected
        0.041s  tm       ✔ bob: status connected by 15 s  met: bob reported it at 0.041 s
       10.000s  alice    ▸ push|bob|hello
       10.001s  eve      · "pull": waiting for bob: log "hello"  at most 5 s
       10.213s  bob      │ info  got hello-from-alice
       10.213s  tm       ✔ bob: log "hello" from 10 s by 20 s  met: bob wrote it at 10.213 s
       10.214s  eve      ▸ pull
       12.000s  eve      ▸ stats  by hand, ana@laptop
       12.000s  ev       ⚠ "stats" not sent: there is no such peer  by hand, ana@laptop
       14.900s  eve      │ info  pull: asking bob
       15.200s  eve      │ warn  pull: no messages
       15.900s  eve      │ info  idle
       34.000s  tm       ✖ eve: log "pulled" by 34 s: unmet
                           │ eve wrote 3 lines until 34 s, none of them like it
                           │   14.900s  eve  "pull: asking bob"
                           │ > 15.200s  eve  "pull: no messages"
                           │   15.900s  eve  "idle"
       34.030s  eve      │ info  pulled 1 message
       34.030s  tm       ⚠ eve: log "pulled" by 34 s: too late, at 34.030s by eve
       34.100s  tm       ■ timeline ended after 34 s, shutting the peers down
       34.130s  alice    ◂ stopped
       34.137s  bob      ◂ stopped
       34.144s  charlie  ◂ stopped
       34.151s  eve      ◂ stopped
       34.200s  dave     ✖ exited with 3
                           │ assertion failed
       34.205s  tm       ✖ dave: exit 0: unmet
                           │ dave ended with 3 at 34.200 s
       34.205s  tm       ✔ every peer: log /panic|fatal/i never  met: none of 5 peers wrote it
       34.205s  tm       ⚠ 1 file too large to be kept whole
                           │ containers/eve.log: 16 MB kept, 24 MB left out
       34.490s  cloud    ✔ 2 peers removed  0.2s
       34.510s  garage   ✔ 3 peers removed  0.3s
       34.530s  redis    ✔ removed  0.3s
      ✖ failed after 36.7 s: dave died, 2 of 5 expectations unmet
          dave died: exited with 3
          ✖ eve: log "pulled" by 34 s: unmet
            eve wrote 3 lines until 34 s, none of them like it
              14.900s  eve  "pull: asking bob"
            ▶ 15.200s  eve  "pull: no messages"
              15.900s  eve  "idle"
            too late: 34.030s  eve  "pulled 1 message"
          ✖ dave: exit 0: unmet
            dave ended with 3 at 34.200 s
        commands  3 sent, all taken (p50 1 ms, slowest 2 ms)
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next      tm logs dave eve
                  tm replay
                  tm apply smoke.yaml
      "
    `);
  });

  test.each([
    [40, true],
    [60, true],
    [80, false],
  ])('at %i columns the end fits, Unicode %s', async (width, unicode) => {
    const text = end((await told(expects(), { width }, { unicode })).raw());
    expect(text).toMatchSnapshot();
    const wrapped = text.slice(0, text.indexOf('  report')).split('\n');
    expect(Math.max(...wrapped.map((line) => line.length))).toBeLessThanOrEqual(width);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
    if (!unicode) expect(text).toMatch(/^[\x00-\x7f]*$/);
  });

  test('that are all met are counted in the headline', async () => {
    const events = expects().filter((event) => event.type !== 'expectation-decided' || event.outcome === 'met');
    const met = events.map((event) =>
      event.type === 'verdict' ? ({ ...event, verdict: { kind: 'passed' } } as const) : event,
    );
    expect((await told(met)).raw()).toContain(
      '✔ passed after 36.7 s: 3 expectations met, 5 peers, 3 commands, all taken',
    );
  });

  test('many that are unmet are bounded, and the undecided ones stand together by their reason', async () => {
    const unmet = (expectation: number): EventBody => ({
      type: 'expectation-decided',
      expectation,
      outcome: 'unmet',
      because: 'nothing like it came',
      window: {},
      sightings: [],
      around: [],
    });
    const undecided = (expectation: number): EventBody => ({
      ...unmet(expectation),
      ...({ outcome: 'undecided', because: 'the run was interrupted' } as const),
    });
    const script = createScript();
    startsFive(script);
    for (let i = 0; i < 12; i++) script.at(6000 + i, i < 8 ? unmet(11 - i) : undecided(11 - i));
    script.at(7000, {
      type: 'verdict',
      verdict: { kind: 'failed', reasons: ['8 of 12 expectations unmet, 4 undecided'] },
    });
    expect(end((await told(inOrder(script.events))).raw())).toMatchInlineSnapshot(`
      "
      ✖ failed after 7 s: 8 of 12 expectations unmet, 4 undecided
          ✖ expectation 5: unmet
            nothing like it came
          ✖ expectation 6: unmet
            nothing like it came
          ✖ expectation 7: unmet
            nothing like it came
          ✖ expectation 8: unmet
            nothing like it came
          ✖ expectation 9: unmet
            nothing like it came
          ✖ and 3 more unmet, in the report
          · 4 expectations undecided: the run was interrupted
            expectation 1
            expectation 2
            expectation 3
            and 1 more, in the report
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next    tm logs
                tm replay
                tm apply smoke.yaml
      "
    `);
  });

  test('what strangers wrote is harmless in evidence, and no line of it is endless', async () => {
    const evil = `\u001b[2Jx\u0007${'long '.repeat(1000)}`;
    const text = await lines([
      {
        type: 'expectation-decided',
        expectation: 0,
        outcome: 'unmet',
        because: evil,
        window: {},
        sightings: [{ peer: ALICE, kind: 'status', text: evil, atMs: 1 }],
        around: [{ peer: ALICE, kind: 'log', text: evil, atMs: 0 }],
      },
      { type: 'verdict', verdict: { kind: 'failed', reasons: ['1 of 1 expectation unmet'] } },
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    const evidence = text
      .split('\n')
      .filter((line) => line.includes('0.000s  alice') || line.includes('0.001s  alice'));
    expect(evidence).toHaveLength(4);
    for (const line of evidence) expect(line.length).toBeLessThan(340);
  });

  test('that are decided after a stop as undecided are counted at the end, not listed one by one', async () => {
    const undecided: EventBody = {
      type: 'expectation-decided',
      expectation: 0,
      outcome: 'undecided',
      because: 'the run was interrupted',
      window: {},
      sightings: [],
      around: [],
    };
    expect(await lines([{ type: 'stop-requested', by: 'SIGINT' }, undecided])).not.toContain('undecided');
    expect(await lines([undecided])).toMatchInlineSnapshot(`
      "
        3.000s  tm       · expectation 1: undecided  the run was interrupted
      "
    `);
  });
});

describe('hosts, Redis and evidence', () => {
  const clock = (aheadMs: number, uncertaintyMs: number): EventBody => ({
    type: 'host-described',
    host: GARAGE,
    engine: 'Docker 27.1.0',
    clock: { aheadMs, uncertaintyMs },
  });

  test('a clock is a warning when it is certainly more than a second off', async () => {
    expect(
      await lines([clock(999, 0), clock(-1500, 600), clock(1700, 600), clock(-86_400_000, 3)]),
    ).toMatchInlineSnapshot(`
      "
        5.000s  garage   ⚠ its clock is 1.7 s ahead of this machine's (give or take 600 ms)
                           │ times that its peers write are off by as much, those of tm are not; set it with: timedatectl set-ntp true
        6.000s  garage   ⚠ its clock is 24 h behind this machine's (give or take 3 ms)
                           │ times that its peers write are off by as much, those of tm are not; set it with: timedatectl set-ntp true
      "
    `);
  });

  test('verbose: clocks that are right, engines without one, how statuses are learnt', async () => {
    const bodies: readonly EventBody[] = [
      clock(0.2, 0.5),
      { type: 'host-described', host: CLOUD, engine: 'processes' },
      { type: 'bus-ready', redis: 'Redis 7.0.15', precision: 'replicated' },
      { type: 'bus-ready', redis: 'Redis 7.0.15', precision: 'notified' },
    ];
    expect(await lines(bodies, { verbose: true })).toMatchInlineSnapshot(`
      "
        3.000s  garage   · Docker 27.1.0, its clock <1 ms ahead of this machine's (give or take 1 ms)
        4.000s  cloud    · processes
        5.000s  tm       · listening on Redis 7.0.15: every status is seen, from its replication stream
        6.000s  tm       · listening on Redis 7.0.15: statuses are read when it notifies
      "
    `);
    expect(await lines(bodies)).toBe('\n');
  });

  test('evidence is told where something was cut', async () => {
    const file = (path: string, cut: number) => ({ path, bytes: 16_000_000, cut });
    const saved = (...cuts: readonly number[]): EventBody => ({
      type: 'evidence-saved',
      files: cuts.map((cut, i) => file(`containers/peer-${i}.log`, cut)),
    });
    expect(await lines([saved(0, 0), saved(0, 7_000), saved(1, 2, 3, 4, 5)])).toMatchInlineSnapshot(`
      "
        4.000s  tm       ⚠ 1 file too large to be kept whole
                           │ containers/peer-1.log: 16 MB kept, 7 kB left out
        5.000s  tm       ⚠ 5 files too large to be kept whole
                           │ containers/peer-0.log: 16 MB kept, 1 B left out
                           │ containers/peer-1.log: 16 MB kept, 2 B left out
                           │ containers/peer-2.log: 16 MB kept, 3 B left out
                           │ and 2 more files
      "
    `);
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
    `" 31.870s  ␛[94mcharlie␛[39m  ␛[31m✖␛[39m ␛[31mexited with 137 (out of memory: 256 MiB), 6.9 s after "rotate-key"␛[39m"`,
  );
  expect(line('after 34.6 s').replaceAll('\u001b', '␛')).toMatchInlineSnapshot(
    `"␛[31m✖␛[39m ␛[31m␛[1mfailed␛[22m␛[39m after 34.6 s: charlie died, 1 command was not sent"`,
  );
  const colorsOf = (name: string): Set<string> =>
    new Set([...text.matchAll(new RegExp(`(\u001b\\[\\d+m)${name} *\u001b`, 'g'))].map(([, color]) => color ?? ''));
  expect(colorsOf('alice').size).toBe(1);
  expect(colorsOf('charlie').size).toBe(1);
});
