import { expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { createRunLog } from '../../../src/views/run-log/run-log.ts';
import { dies, expects, passes, rudeLogs } from '../scenarios.ts';

async function logOf(events: readonly TmEvent[], shownPath?: (path: string) => string): Promise<string> {
  const texts: string[] = [];
  const log = createRunLog({
    append: (text) => void texts.push(text),
    ...(shownPath === undefined ? {} : { shownPath }),
  });
  for (const event of events) log.event(event);
  await log.close();
  return texts.join('');
}

test('a run in full, with wall times', async () => {
  expect(`\n${await logOf(dies())}`).toMatchInlineSnapshot(`
    "
    # smoke-5peer, run smoke-5peer-2026-02-03-14-02-11, tm 0.1.0
    # smoke.yaml
    # wall time (UTC), time since the run began (0.1s) or since its timeline began (0.001s), whom it is about, what happened
    2026-02-03T14:02:11.031Z      0.0s  tm       · phase planning
    2026-02-03T14:02:11.235Z      0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
    2026-02-03T14:02:11.235Z      0.2s  tm       · phase applying
    2026-02-03T14:02:11.241Z      0.2s  redis    · redis:start  not there
    2026-02-03T14:02:11.243Z      0.2s  garage   · send:garage:ghcr.io/acme/node:1.4  not there
    2026-02-03T14:02:11.531Z      0.5s  redis    ✔ redis:start  0.3s
    2026-02-03T14:02:11.532Z      0.5s  redis    · redis:prepare  not there
    2026-02-03T14:02:11.544Z      0.5s  redis    ✔ redis:prepare  0.0s
    2026-02-03T14:02:11.544Z      0.5s  redis    ✔ ready  0.3s
    2026-02-03T14:02:11.546Z      0.5s  tm       · listening on Redis 7.0.15: statuses are read when it notifies
    2026-02-03T14:02:11.551Z      0.5s  cloud    · run:cloud:tm-bob  not there
    2026-02-03T14:02:11.551Z      0.5s  cloud    · run:cloud:tm-dave  not there
    2026-02-03T14:02:11.743Z      0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
    2026-02-03T14:02:11.746Z      0.7s  garage   · run:garage:tm-alice  not there
    2026-02-03T14:02:11.746Z      0.7s  garage   · run:garage:tm-charlie  not there
    2026-02-03T14:02:11.746Z      0.7s  garage   · run:garage:tm-eve  not there
    2026-02-03T14:02:11.951Z      0.9s  cloud    ✔ run:cloud:tm-bob  0.4s
    2026-02-03T14:02:12.041Z      1.0s  cloud    ✔ run:cloud:tm-dave  0.5s
    2026-02-03T14:02:12.041Z      1.0s  cloud    ✔ 2 peers started  0.5s
    2026-02-03T14:02:12.131Z      1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
    2026-02-03T14:02:12.446Z      1.4s  garage   ✔ run:garage:tm-alice  0.7s
    2026-02-03T14:02:12.526Z      1.5s  garage   ✔ run:garage:tm-charlie  0.8s
    2026-02-03T14:02:12.606Z      1.6s  garage   ✔ run:garage:tm-eve  0.9s
    2026-02-03T14:02:12.606Z      1.6s  garage   ✔ 3 peers started  0.9s
    2026-02-03T14:02:12.611Z      1.6s  tm       · phase monitoring
    2026-02-03T14:02:12.611Z      1.6s  tm       · waiting for 5 peers to start
    2026-02-03T14:02:12.631Z      1.6s  alice    ◂ started  /ip4/10.0.0.5/udp/11984
    2026-02-03T14:02:12.731Z      1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
    2026-02-03T14:02:12.831Z      1.8s  charlie  ◂ started  /ip4/10.0.0.7/udp/11984
    2026-02-03T14:02:12.931Z      1.9s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
    2026-02-03T14:02:13.031Z      2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
    2026-02-03T14:02:13.041Z      2.0s  bob      ▸ peer|/ip4/10.0.0.5/udp/11984  bootstrap
    2026-02-03T14:02:13.042Z      2.0s  bob      · took "peer|/ip4/10.0.0.5/udp/11984" after 1 ms
    2026-02-03T14:02:13.165Z    0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
    2026-02-03T14:02:13.165Z    0.000s  alice    ▸ connect
    2026-02-03T14:02:13.167Z    0.002s  alice    · took "connect" after 2 ms
    2026-02-03T14:02:13.206Z    0.041s  alice    ◂ connected
    2026-02-03T14:02:38.165Z   25.000s  charlie  ▸ rotate-key
    2026-02-03T14:02:38.166Z   25.001s  charlie  · took "rotate-key" after 1 ms
    2026-02-03T14:02:45.035Z   31.870s  charlie  ✖ exited with 137 (out of memory: 256 MiB), 6.9 s after "rotate-key"
                                                   │ info rotating
                                                   │ error allocating 98304 bytes
    2026-02-03T14:02:45.065Z   31.900s  charlie  ⚠ "pull" not sent: charlie is dead
    2026-02-03T14:02:45.065Z   31.900s  eve      ▸ pull
    2026-02-03T14:02:45.066Z   31.901s  eve      · took "pull" after 1 ms
    2026-02-03T14:02:45.125Z   31.960s  tm       · timeline ended after 32 s
    2026-02-03T14:02:45.135Z   31.970s  alice    ▸ shutdown  shutdown
    2026-02-03T14:02:45.135Z   31.970s  bob      ▸ shutdown  shutdown
    2026-02-03T14:02:45.135Z   31.970s  dave     ▸ shutdown  shutdown
    2026-02-03T14:02:45.135Z   31.970s  eve      ▸ shutdown  shutdown
    2026-02-03T14:02:45.165Z   32.000s  alice    ◂ stopped
    2026-02-03T14:02:45.172Z   32.007s  bob      ◂ stopped
    2026-02-03T14:02:45.179Z   32.014s  dave     ◂ stopped
    2026-02-03T14:02:45.186Z   32.021s  eve      ◂ stopped
    2026-02-03T14:02:45.195Z   32.030s  alice    ■ exited with 0
    2026-02-03T14:02:45.202Z   32.037s  bob      ■ exited with 0
    2026-02-03T14:02:45.209Z   32.044s  dave     ■ exited with 0
    2026-02-03T14:02:45.216Z   32.051s  eve      ■ exited with 0
    2026-02-03T14:02:45.255Z   32.090s  tm       · verdict: failed
    2026-02-03T14:02:45.255Z   32.090s  tm       · phase tearingDown
    2026-02-03T14:02:45.285Z   32.120s  garage   · remove:garage:tm-alice  not there
    2026-02-03T14:02:45.285Z   32.120s  cloud    · remove:cloud:tm-bob  not there
    2026-02-03T14:02:45.285Z   32.120s  garage   · remove:garage:tm-charlie  not there
    2026-02-03T14:02:45.285Z   32.120s  cloud    · remove:cloud:tm-dave  not there
    2026-02-03T14:02:45.285Z   32.120s  garage   · remove:garage:tm-eve  not there
    2026-02-03T14:02:45.285Z   32.120s  redis    · redis:remove  not there
    2026-02-03T14:02:45.465Z   32.300s  garage   ✔ remove:garage:tm-alice  0.2s
    2026-02-03T14:02:45.485Z   32.320s  cloud    ✔ remove:cloud:tm-bob  0.2s
    2026-02-03T14:02:45.505Z   32.340s  garage   ✔ remove:garage:tm-charlie  0.2s
    2026-02-03T14:02:45.525Z   32.360s  cloud    ✔ remove:cloud:tm-dave  0.2s
    2026-02-03T14:02:45.525Z   32.360s  cloud    ✔ 2 peers removed  0.2s
    2026-02-03T14:02:45.545Z   32.380s  garage   ✔ remove:garage:tm-eve  0.3s
    2026-02-03T14:02:45.545Z   32.380s  garage   ✔ 3 peers removed  0.3s
    2026-02-03T14:02:45.565Z   32.400s  redis    ✔ removed  0.3s
    2026-02-03T14:02:45.635Z   32.470s  tm       · phase done

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

test('every line of every level is there, unaltered but for control characters', async () => {
  const events = rudeLogs();
  const text = await logOf(events);
  const messages = events.flatMap((event) => (event.type === 'log' ? [event] : []));
  expect(messages.length).toBeGreaterThan(7);
  for (const { level, message } of messages) {
    const [first = '', ...more] = message
      .replaceAll('\r\n', '\n')
      .replace(/\n$/, '')
      .replaceAll('\t', '    ')
      .replaceAll('\u001b', '\\x1b')
      .replaceAll('\u0007', '\\x07')
      .replaceAll('\r', '\\r')
      .replaceAll('\u202e', '\\u202e')
      .replaceAll('\u202c', '\\u202c')
      .split('\n');
    expect(text).toContain(`│ ${level.padEnd(5)} ${first}\n`);
    for (const line of more) expect(text).toContain(`${line}\n`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('an attempt that goes on with an earlier one is appended to it, with a heading of its own', async () => {
  const text = await logOf([
    ...passes().slice(0, 20),
    ...passes().map((event) => (event.type === 'run-started' ? { ...event, resumed: true } : event)),
  ]);
  expect(text.match(/^# smoke-5peer, run .*$/gm)).toEqual([
    '# smoke-5peer, run smoke-5peer-2026-02-03-14-02-11, tm 0.1.0',
    '# smoke-5peer, run smoke-5peer-2026-02-03-14-02-11 (goes on with an earlier attempt), tm 0.1.0',
  ]);
  expect(text.match(/✔ passed/g)).toHaveLength(1);
});

test('a run that was cut off has its verdict when the log is closed', async () => {
  const events = passes();
  const verdict = events.findIndex((event) => event.type === 'verdict');
  const text = await logOf(events.slice(0, verdict + 1), (path) => `/elsewhere/${path}`);
  expect(text).toContain('\n✔ passed after 34.2 s');
  expect(text).toContain('report  /elsewhere/.tm/');
});

test('expectations, waits, clocks and what was sent by hand are all there', async () => {
  const text = await logOf(expects());
  for (const part of [
    'with size=9',
    "Docker 20.10.24, its clock <1 ms ahead of this machine's",
    '"pull": waiting for bob: log "hello"  at most 5 s',
    'stats  by hand, ana@laptop',
    '"stats" not sent: there is no such peer  by hand, ana@laptop',
    'bob: log "hello" from 10 s by 20 s  met: bob wrote it at 10.213 s',
    'eve: log "pulled" by 34 s: unmet',
    '> 15.200s  eve  "pull: no messages"',
    'kept 2 files, 16 MB',
  ])
    expect(text).toContain(part);
});
