/** Steps drawn by listr2 and lines printed around them, on one terminal. Only listr2's spinner is a timer, and the test turns it. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { peerName } from '../../../src/model/names.ts';
import { createListrView } from '../../../src/views/listr/listr-view.ts';
import { createRunView } from '../../../src/views/run-view.ts';
import { type FakeTerminal, type FakeTerminalOptions, fakeTerminal } from '../fake-terminal.ts';
import {
  CLOUD,
  cannotStart,
  createScript,
  dies,
  FIVE,
  GARAGE,
  inOrder,
  manyPeers,
  passes,
  planned,
  removePeer,
  runPeer,
  runStarted,
  sendImage,
  step,
} from '../scenarios.ts';

// listr2 loads its drawing modules with its first list; later lists wait only for promises.
beforeAll(async () => {
  const view = createListrView({ ...fakeTerminal(), unicode: true });
  view.event({ seq: 1, atMs: 0, time: '', type: 'phase', phase: 'planning' });
  await view.close();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Everything that waits for a promise or for a module to be loaded gets its turn. */
async function settle(until: () => boolean = () => true): Promise<void> {
  for (let turn = 0; turn < 10 || !until(); turn++) await new Promise((resolve) => setImmediate(resolve));
}

interface Play {
  readonly terminal: FakeTerminal;
  /** Tells the view the events up to a moment, then lets the spinner turn. */
  until(ms: number): Promise<void>;
  end(): Promise<string>;
}

function play(events: readonly TmEvent[], on: FakeTerminalOptions = {}, unicode = true): Play {
  const terminal = fakeTerminal(on);
  const view = createRunView({ stdout: terminal, stderr: terminal, unicode, verbose: false, logLevel: 'info' });
  const rest = [...events];
  const until = async (ms: number): Promise<void> => {
    while (rest[0] !== undefined && rest[0].atMs <= ms) {
      const event = rest.shift();
      if (event !== undefined) view.event(event);
      await settle();
    }
    await settle();
    vi.advanceTimersByTime(100);
  };
  return {
    terminal,
    until,
    async end() {
      await until(Number.POSITIVE_INFINITY);
      await view.close();
      return `\n${terminal.screen()}`;
    },
  };
}

/** The screen of a whole run in which every event comes in the same turn: lists are told to be over before they were ever drawn. */
async function atOnce(events: readonly TmEvent[], on: FakeTerminalOptions = {}, unicode = true): Promise<string> {
  const terminal = fakeTerminal(on);
  const view = createRunView({ stdout: terminal, stderr: terminal, unicode, verbose: false, logLevel: 'info' });
  for (const event of events) view.event(event);
  await view.close();
  return `\n${terminal.screen()}`;
}

describe('on a terminal', () => {
  test('a run that fails, from beginning to end', async () => {
    expect(await play(dies()).end()).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
      ✔ planned  8 to add, 18.2 MB to send                                      0.2s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
      ✔ redis   ready                                                           0.3s
      ✔ garage  node:1.4 sent 18.2 MB at 36.4 MB/s, 3 peers started             1.4s
      ✔ cloud   2 peers started                                                 0.5s
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
       31.870s  charlie  ✖ exited with 137 (out of memory: 256 MiB), 6.9 s after
                           "rotate-key"
                           │ info rotating
                           │ error allocating 98304 bytes
       31.900s  charlie  ⚠ "pull" not sent: charlie is dead
       31.900s  eve      ▸ pull
       31.970s  tm       ■ timeline ended after 32 s, shutting the peers down
       32.000s  alice    ◂ stopped
       32.007s  bob      ◂ stopped
       32.014s  dave     ◂ stopped
       32.021s  eve      ◂ stopped
      ✔ garage  3 peers removed                                                 0.3s
      ✔ cloud   2 peers removed                                                 0.2s
      ✔ redis   removed                                                         0.3s
      ✖ failed after 34.6 s: charlie died, 1 command was not sent
          charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"
        commands  3 sent, all taken (p50 1 ms, slowest 2 ms), 1 not sent
        report    .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html
        next      tm logs charlie
                  tm replay
                  tm apply smoke.yaml"
    `);
  });

  test('how forty peers start, moment by moment', async () => {
    const run = play(manyPeers());
    await run.until(5);
    expect(`\n${run.terminal.screen()}`).toMatchInlineSnapshot(`
      "
      mesh-40 · 40 peers · smoke.yaml
      ⠙ planning  reading the hosts"
    `);
    await run.until(1600);
    expect(`\n${run.terminal.screen()}`).toMatchInlineSnapshot(`
      "
      mesh-40 · 40 peers · smoke.yaml
      ✔ planned  42 to add, 241 MB to send                                      0.3s
      ✔ redis   ready                                                           0.3s
      ▾ garage
        ⠙ node:1.4  ▕█           ▏ 10 %  24.1 of 241 MB  19.3 MB/s, 11 s left
        · 20 peers to start
      ⠙ cloud   3 of 20 peers started"
    `);
    await run.until(6000);
    expect(`\n${run.terminal.screen()}`).toMatchInlineSnapshot(`
      "
      mesh-40 · 40 peers · smoke.yaml
      ✔ planned  42 to add, 241 MB to send                                      0.3s
      ✔ redis   ready                                                           0.3s
      ▾ garage
        ⠹ node:1.4  ▕█████       ▏ 44 %  106 of 241 MB  19.3 MB/s, 7 s left
        · 20 peers to start
      ✖ cloud   19 of 20 peers started, peer-17 failed                          2.8s
        peer-17: UDP port 11992 of cloud is taken
          choose another base_port for cloud, or free it: ss -ulpn sport = :11992"
    `);
    await run.until(16_000);
    expect(`\n${run.terminal.screen()}`).toMatchInlineSnapshot(`
      "
      mesh-40 · 40 peers · smoke.yaml
      ✔ planned  42 to add, 241 MB to send                                      0.3s
      ✔ redis   ready                                                           0.3s
      ▾ garage
        ✔ node:1.4 sent 241 MB at 17.2 MB/s                                    14.0s
        ⠸ 10 of 20 peers started
      ✖ cloud   19 of 20 peers started, peer-17 failed                          2.8s
        peer-17: UDP port 11992 of cloud is taken
          choose another base_port for cloud, or free it: ss -ulpn sport = :11992"
    `);
    expect(await run.end()).toMatchInlineSnapshot(`
      "
      mesh-40 · 40 peers · smoke.yaml
      ✔ planned  42 to add, 241 MB to send                                      0.3s
      ✔ redis   ready                                                           0.3s
      ✔ garage  node:1.4 sent 241 MB at 17.2 MB/s, 20 peers started            16.9s
      ✖ cloud   19 of 20 peers started, peer-17 failed                          2.8s
        peer-17: UDP port 11992 of cloud is taken
          choose another base_port for cloud, or free it: ss -ulpn sport = :11992
      ✖ could not start, after 18 s: peer-17: UDP port 11992 of cloud is taken
          choose another base_port for cloud, or free it: ss -ulpn sport = :11992
        left    garage: 20 containers
                cloud: 19 containers
                redis: tm-redis
        report  .tm/mesh-40/runs/mesh-40-2026-02-03-14-02-11/report.html
        next    tm apply smoke.yaml  # goes on from here, once that is mended
                tm destroy smoke.yaml  # removes what is left"
    `);
  });

  test('the same at 40 columns, in ASCII', async () => {
    const run = play(manyPeers(), { width: 40 }, false);
    await run.until(6000);
    const screen = run.terminal.screen();
    expect(`\n${screen}`).toMatchInlineSnapshot(`
      "
      mesh-40 - 40 peers - smoke.yaml
      + planned  42 to add, 241 MB t..  0.3s
      + redis   ready                   0.3s
      v garage
        / node:1.4  44 %  19.3 MB/s, 7 s l..
        . 20 peers to start
      x cloud   19 of 20 peers started  2.8s
        peer-17: UDP port 11992 of cloud is
        taken
          choose another base_port for
          cloud, or free it: ss -ulpn sport
          = :11992"
    `);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
    expect(screen).toMatch(/^[\x00-\x7f]*$/);
    const end = await run.end();
    const wrapped = end.slice(0, end.indexOf('  report')).split('\n');
    expect(Math.max(...wrapped.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test('without a plan the planning is not shown as done', async () => {
    expect(await play(cannotStart()).end()).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
      ✖ planning  no plan was made
      ✖ could not start, after 5 s: 2 faults
          garage (10.0.0.5:22) does not answer
            ssh deploy@10.0.0.5 shows whether it is there
          the host key of cloud (203.0.113.7) is unknown
            ssh-keyscan -H 203.0.113.7 >> ~/.ssh/known_hosts, or host_key: accept-new
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html"
    `);
  });

  test.each([
    ['passes', passes],
    ['dies', dies],
    ['cannot start', cannotStart],
    ['many peers', manyPeers],
  ])('however fast the events come, nothing is lost or drawn twice: %s', async (_name, scenario) => {
    const slow = (await play(scenario()).end()).split('\n');
    const fast = (await atOnce(scenario())).split('\n');
    expect([...fast].sort()).toEqual([...slow].sort());
  });

  test('peers may write while steps are drawn: above the list as it is, below it once it is over', async () => {
    const script = createScript();
    const alice = peerName('alice');
    const log = (message: string): EventBody => ({ type: 'log', peer: alice, level: 'info', message });
    const run = runPeer(alice, GARAGE);
    script.at(0, runStarted([alice]), { type: 'phase', phase: 'planning' });
    script.at(100, planned('apply', [run, sendImage(CLOUD, 10)], { add: 2 }, 100), {
      type: 'phase',
      phase: 'applying',
    });
    script.at(110, { type: 'step-started', step: run.id, intent: 'apply' });
    script.at(200, log('first'));
    for (let i = 0; i < 50; i++) script.at(210 + i, log(`line ${i}`));
    const playing = play(script.events);
    await playing.until(300);
    const screen = playing.terminal.screen().split('\n');
    expect(screen.filter((line) => /first|line \d/.test(line))).toHaveLength(51);
    expect(screen.at(-2)).toContain('alice starting');
    expect(screen.at(-1)).toContain('node:1.4 to send');
    script.at(400, { type: 'phase', phase: 'monitoring' }, log('after'));
    const rest = play(script.events);
    const lines = (await rest.end()).split('\n');
    expect(lines.at(-1)).toContain('│ info  after');
    expect(lines.at(-2)).toContain('waiting for 1 peer to start');
    expect(lines.filter((line) => line.includes('line 49'))).toHaveLength(1);
  });

  test('a run that ends in the middle of a list closes it', async () => {
    const script = createScript();
    const steps = [...FIVE.map((peer) => runPeer(peer, GARAGE)), sendImage(CLOUD, 10)];
    script.at(0, runStarted(FIVE), { type: 'phase', phase: 'planning' });
    script.at(10, planned('apply', steps, { add: 6 }, 10), { type: 'phase', phase: 'applying' });
    for (const { id } of steps.slice(0, 3)) script.at(20, { type: 'step-started', step: id, intent: 'apply' });
    script.at(30, { type: 'step-finished', step: steps[0]?.id ?? '', ms: 10 });
    expect(await play(script.events).end()).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
      ✔ planned  6 to add                                                       0.0s
      ⚠ garage  1 of 5 peers started
      · cloud   node:1.4 to send"
    `);
  });

  test('a plan that is refused is not drawn as steps', async () => {
    const script = createScript();
    const fault = { kind: 'conflict', host: GARAGE, message: 'tm-alice on garage is not ours' } as const;
    script.at(0, runStarted(FIVE), { type: 'phase', phase: 'planning' });
    script.at(10, planned('apply', [sendImage(GARAGE, 10)], { add: 1, conflicts: 1 }, 10));
    script.at(20, { type: 'verdict', verdict: { kind: 'errored', faults: [fault] } }, { type: 'phase', phase: 'done' });
    script.at(21, { type: 'run-ended', exitCode: 1, ms: 21, left: [] });
    expect(await play(script.events).end()).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
      ✔ planned  1 to add, 1 conflict                                           0.0s
      ✖ could not start, after 21 ms: tm-alice on garage is not ours
        report  .tm/smoke-5peer/runs/smoke-5peer-2026-02-03-14-02-11/report.html"
    `);
  });

  test('skipped steps say why', async () => {
    const script = createScript();
    const send = sendImage(GARAGE, 10);
    const peers = FIVE.map((peer) => runPeer(peer, GARAGE));
    script.at(0, runStarted(FIVE), { type: 'phase', phase: 'planning' });
    script.at(10, planned('apply', [send, ...peers], { add: 6 }, 10), { type: 'phase', phase: 'applying' });
    script.at(20, { type: 'step-started', step: send.id, intent: 'apply' });
    const fault = {
      kind: 'failed',
      host: GARAGE,
      message: 'no space left on device',
      hint: 'docker system prune',
    } as const;
    script.at(90, { type: 'step-failed', step: send.id, ms: 70, fault });
    for (const { id } of peers) script.at(90, { type: 'step-skipped', step: id, because: 'the image is not there' });
    expect(await play(script.events).end()).toMatchInlineSnapshot(`
      "
      smoke-5peer · 5 peers · smoke.yaml
      ✔ planned  6 to add                                                       0.0s
      ✖ garage  node:1.4 not sent, 5 peers not started: the image is not there  0.1s
        ✖ node:1.4 not sent                                                     0.1s
          ghcr.io/acme/node:1.4: no space left on device
            docker system prune
        ⚠ 5 peers not started: the image is not there"
    `);
  });

  test('tm destroy: a teardown without a run says what it looks for and what it found', async () => {
    const script = createScript();
    const steps = [removePeer(peerName('alice'), GARAGE), step('redis:remove', { kind: 'redis.remove' })];
    script.at(0, { type: 'phase', phase: 'tearingDown' });
    script.at(150, planned('teardown', steps, { remove: 2 }, 150));
    for (const { id } of steps) {
      script.at(160, { type: 'step-started', step: id, intent: 'teardown' });
      script.at(460, { type: 'step-finished', step: id, ms: 300 });
    }
    const run = play(script.events);
    await run.until(100);
    expect(`\n${run.terminal.screen()}`).toMatchInlineSnapshot(`
      "
      ⠙ looking  reading the hosts"
    `);
    expect(await run.end()).toMatchInlineSnapshot(`
      "
      ✔ found  2 to remove                                                      0.1s
      ✔ garage  alice removed                                                   0.3s
      ✔ redis   removed                                                         0.3s"
    `);
  });

  test('the cursor is given back, and listr2 leaves the signals alone', async () => {
    const before = process.listeners('SIGINT');
    const { terminal, end } = play(passes());
    await end();
    const hidden = terminal.raw().split('\u001b[?25l').length;
    expect(hidden).toBeGreaterThan(1);
    expect(terminal.raw().split('\u001b[?25h').length).toBe(hidden);
    expect(process.listeners('SIGINT')).toEqual(before);
  });

  test('colours are those that were given, whatever listr2 thinks of this process', async () => {
    const { terminal, end } = play(manyPeers());
    await end();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
    expect(terminal.raw()).not.toMatch(/\u001b\[\d*m/);
    const colored = play(manyPeers(), { colors: 1 });
    await colored.end();
    expect(colored.terminal.raw()).toContain('\u001b[32m✔\u001b[39m');
    expect(colored.terminal.raw()).toContain('\u001b[31m✖\u001b[39m');
  });

  test('a thousand peers are not drawn a thousand times', async () => {
    const script = createScript();
    const peers = Array.from({ length: 1000 }, (_, i) => peerName(`p${i}`));
    script.at(0, runStarted(peers), { type: 'phase', phase: 'planning' });
    script.at(
      10,
      planned(
        'apply',
        peers.map((peer, i) => runPeer(peer, i % 2 === 0 ? GARAGE : CLOUD)),
        { add: 1000 },
        10,
      ),
    );
    script.at(10, { type: 'phase', phase: 'applying' });
    const view = fakeTerminal();
    const list = createListrView({ ...view, unicode: true });
    for (const event of script.events) list.event(event);
    await settle(() => view.raw().includes('planned'));
    const before = view.raw().length;
    for (const [i, peer] of peers.entries()) {
      const id = `run:${i % 2 === 0 ? GARAGE : CLOUD}:tm-${peer}`;
      list.event({ seq: 1, atMs: 20, time: '', type: 'step-started', step: id, intent: 'apply' });
      list.event({ seq: 1, atMs: 30, time: '', type: 'step-finished', step: id, ms: 10 });
    }
    await list.close();
    expect(view.raw().length - before).toBeLessThan(2000);
    expect(view.screen()).toContain('garage  500 peers started');
  });
});

describe('elsewhere', () => {
  const both = (stdout: FakeTerminal, stderr: FakeTerminal, verbose = false): void => {
    const view = createRunView({ stdout, stderr, unicode: true, verbose, logLevel: 'info' });
    for (const event of inOrder(dies())) view.event(event);
  };

  test('without a terminal, steps are lines on stderr and the run is lines on stdout', () => {
    const [stdout, stderr] = [fakeTerminal({ isTTY: false }), fakeTerminal({ isTTY: false })];
    both(stdout, stderr);
    expect(`\n${stderr.raw()}`).toMatchInlineSnapshot(`
      "
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          0.5s  redis    ✔ ready  0.3s
          0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          1.0s  cloud    ✔ 2 peers started  0.5s
          1.6s  garage   ✔ 3 peers started  0.9s
       32.360s  cloud    ✔ 2 peers removed  0.2s
       32.380s  garage   ✔ 3 peers removed  0.3s
       32.400s  redis    ✔ removed  0.3s
      "
    `);
    expect(stdout.raw()).toContain(' 25.000s  charlie  ▸ rotate-key\n');
    expect(stdout.raw()).not.toContain('peers started');
    expect(stdout.raw() + stderr.raw()).not.toContain('\u001b');
  });

  test('with stdout in a pipe nothing is drawn, since its other end may be this terminal', () => {
    const [stdout, stderr] = [fakeTerminal({ isTTY: false }), fakeTerminal({ colors: 1 })];
    both(stdout, stderr);
    expect(stderr.raw()).toContain('3 peers started');
    expect(stderr.raw()).not.toContain('\u001b[?25l');
    expect(stderr.raw()).toContain('\u001b[32m✔\u001b[39m');
    expect(stdout.raw()).not.toContain('\u001b');
  });

  test('verbose steps are lines, also on a terminal', () => {
    const terminal = fakeTerminal({ width: 100 });
    both(terminal, terminal, true);
    expect(terminal.raw()).toContain('    1.4s  garage   ✔ run:garage:tm-alice  0.7s\n');
    expect(terminal.raw()).not.toContain('\u001b');
  });
});
