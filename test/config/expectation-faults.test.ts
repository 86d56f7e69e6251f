import { describe, expect, it } from 'vitest';
import { faultsOf } from './load-text.ts';
import { timelineText } from './timeline-text.ts';

const CONNECT = 'time: 0, peer: "*", command: connect';

/** The faults of one expectation of the file, without their line. */
const ofFile = async (written: string): Promise<readonly string[]> =>
  (await faultsOf(timelineText([CONNECT], [written]))).map((line) => line.replace(/^\d+:\d+ /, ''));

/** The faults of what stands beside `time`, `peer` and `command` in a command. */
const ofCommand = async (written: string): Promise<readonly string[]> =>
  (await faultsOf(timelineText([CONNECT, `time: 1, peer: bob, command: c, ${written}`]))).map((line) =>
    line.replace(/^\d+:\d+ /, ''),
  );

describe('an expectation', () => {
  it.each([
    [
      'peer: bob',
      '«{ peer: bob }» error missing-key: an expectation says what it expects: a `status`, a `log` line or an `exit` code | add `status: connected`, say',
    ],
    [
      'peer: bob, status: a, log: b',
      '«log» error conflicting-keys: `log` stands beside `status`, and an expectation is about one of them | make two expectations of it',
    ],
    [
      'peer: bob, log: b, exit: 0',
      '«exit» error conflicting-keys: `exit` stands beside `log`, and an expectation is about one of them | make two expectations of it',
    ],
    [
      'peer: bob, peers: [alice], exit: 0',
      '«peers» error conflicting-keys: `peers` stands beside `peer` | name them all in `peers`',
    ],
    [
      'exit: 0',
      '«{ exit: 0 }» error missing-key: missing key "peer" in an expectation | add `peer: bob`, say, or `peer: "*"` for all of them',
    ],
    ['peer: bbo, exit: 0', '«bbo» error unknown-peer: unknown peer "bbo" in an expectation | did you mean "bob"?'],
    [
      'peers: [bob, zoe], exit: 0',
      '«zoe» error unknown-peer: unknown peer "zoe" in an expectation | there are alice, bob, worker-10, worker-2',
    ],
    [
      'peers: zoo, exit: 0',
      '«zoo» error unknown-peer: unknown peer "zoo" in an expectation | there are alice, bob, worker-10, worker-2',
    ],
    [
      'peer: wroker-*, exit: 0',
      '«wroker-*» error unknown-peer: no peer has a name like "wroker-*", which stands in an expectation | did you mean "worker-*"?',
    ],
    [
      'peer: x*, exit: 0',
      '«x*» error unknown-peer: no peer has a name like "x*", which stands in an expectation | there are alice, bob, worker-10, worker-2',
    ],
    [
      'peer: "tag:gup", exit: 0',
      '«"tag:gup"» error unknown-peer: no peer has the tag "gup" in its `runs_on` | did you mean "tag:gpu"?',
    ],
    [
      'peer: "tag:", exit: 0',
      '«"tag:"» error unknown-peer: no peer has the tag "" in its `runs_on` | did you mean "tag:gpu"?',
    ],
    [
      'peer: "tag:gpu", count: 3, exit: 0',
      '«3» error out-of-range: 3 are to meet it, and 2 peers are meant by tag:gpu | the most is 2',
    ],
    [
      'peer: bob, count: 2, exit: 0',
      '«2» error out-of-range: 2 are to meet it, and one peer is meant by bob | the most is 1',
    ],
    [
      'peer: bob, log: x, never: true, count: 1',
      '«count» error conflicting-keys: `count` does not go with `never`, which is about every one of the peers | remove it',
    ],
    [
      'peer: bob, status: x, never: true, for: 1',
      '«for» error conflicting-keys: `for` does not go with `never`, which is about every moment | remove it',
    ],
    [
      'peer: bob, log: x, for: 1',
      '«for» error conflicting-keys: only a status can hold, and a log line is a moment | remove it',
    ],
    [
      'peer: bob, exit: 0, for: 1',
      '«for» error conflicting-keys: only a status can hold, and an exit is a moment | remove it',
    ],
    ['peer: bob, status: x, for: 0', '«0» error out-of-range: a status cannot hold for no time | remove it'],
    [
      'peer: bob, status: x, within: 3',
      '«within» error misplaced-key: `within` counts from a command, and this expectation stands at none | write `by`, in seconds from the start of the timeline',
    ],
    [
      'peer: bob, status: x, from: 10, by: 5',
      '«5» error empty-window: the window ends at 5 s, before it begins at 10 s | write `by: 15`, say',
    ],
    [
      'peer: bob, status: x, from: 10, by: 15, for: 6',
      '«15» error empty-window: the window from 10 s to 15 s is too short to hold for 6 s | write `by: 16` or more',
    ],
    [
      'peer: bob, log: x, from: 5, by: 5',
      '«5» error empty-window: the window has no length, and a log line is a moment | write `by: 10`, say',
    ],
    [
      'peer: bob, exit: 0, from: 5, by: 5',
      '«5» error empty-window: the window has no length, and an exit is a moment | write `by: 10`, say',
    ],
    [
      'peer: bob, log: /(/',
      '«/(/» error bad-pattern: the pattern cannot be read: unterminated group | to find this very text, write /\\/\\(\\//',
    ],
    [
      'peer: bob, status: /a/x',
      '«/a/x» error bad-pattern: "x" is no flag of a pattern | flags are i, m, s, u and v; to find this very text, write /\\/a\\/x/',
    ],
    [
      'peer: bob, log: /a/g',
      '«/a/g» error bad-pattern: "g" is no flag of a pattern | flags are i, m, s, u and v; to find this very text, write /\\/a\\/g/',
    ],
    [
      'peer: bob, log: /a/ii',
      '«/a/ii» error bad-pattern: the pattern cannot be read: its flags repeat or exclude each other | to find this very text, write /\\/a\\/ii/',
    ],
    [
      'peer: bob, exit: 256',
      '«256» error out-of-range: an exit code from 0 to 255 is wanted here, not 256 | the most is 255',
    ],
    [
      'peer: bob, status: " "',
      '«" "» error bad-format: a status, or a pattern between slashes is wanted here, not " " | write connected, say',
    ],
    [
      'peers: [], exit: 0',
      '«[]» error out-of-range: a peer or a list of peers is wanted here, and it is empty | write [alice, bob], say',
    ],
    // One mistake is told once: what it leaves missing is not complained about too.
    [
      'peer: bob, stats: x',
      '«stats» error unknown-key: unknown key "stats" in an expectation | did you mean "status"?',
    ],
    ['pere: bob, exit: 0', '«pere» error unknown-key: unknown key "pere" in an expectation | did you mean "peer"?'],
    [
      'peer: bob, exit: "0"',
      '«"0"» error wrong-type: an exit code from 0 to 255 is wanted here, this is text | write 0 without the quotes',
    ],
  ])('of the file: %s', async (written, expected) => {
    expect(await ofFile(written)).toEqual([expected]);
  });

  it.each([
    [
      'peer: bob, status: x, by: 5, for: 6',
      '«5» warning short-window: to hold for 6 s by 5 s, it must stand 1 s before the timeline starts | write `by: 6` or more, unless that is meant',
    ],
    [
      'peer: bob, log: "/panic|fatal"',
      '«"/panic|fatal"» warning odd-pattern: this is looked for as it stands, not as a pattern | a pattern ends in `/` and flags, and a `/` inside of it is written `\\/`',
    ],
    [
      'peer: bob, status: conected',
      '«conected» warning odd-status: no peer is known to report "conected" | did you mean "connected"?',
    ],
    [
      'peer: bob, status: Connected',
      '«Connected» warning odd-status: no peer is known to report "Connected" | did you mean "connected"?',
    ],
    [
      'peer: bob, status: disconnect',
      '«disconnect» warning odd-status: no peer is known to report "disconnect" | did you mean "disconnected"?',
    ],
    [
      'peer: bob, status: stoped|now, never: true',
      '«stoped|now» warning odd-status: no peer is known to report "stoped" | did you mean "stopped"?',
    ],
    [
      'peer: bob, status: stopped, by: 9',
      '«stopped» warning odd-ending: bob is told to shut down only when the timeline is over, and this keeps it open | send it `shutdown` before, unless it stops by itself',
    ],
    [
      'peer: bob, exit: 42',
      '«42» warning odd-exit: with 42 a peer asks to be started again, which is no end of it | expect `status: restarting` instead',
    ],
    [
      'peer: bob, status: x, by: 0.00051',
      '«0.00051» warning time-rounded: times are kept to the millisecond, so this is 0.001 s',
    ],
  ])('of the file is warned of: %s', async (written, expected) => {
    expect(await ofFile(written)).toEqual([expected]);
  });

  it.each([
    'peer: bob, status: synced',
    'peer: bob, status: starting',
    'peer: bob, status: ready',
    'peer: bob, status: /conected/',
    'peer: bob, status: stopped',
    'peer: bob, status: stopped, by: 9, never: true',
    'peer: bob, status: x, from: 5, by: 5',
    'peer: bob, log: /var/log/messages',
    'peer: bob, status: x, from: 0.1, for: 0.2, by: 0.3',
    'peer: bob, log: x, by: 0',
    'peer: bob, log: x, x-why: mine',
  ])('is taken without a word: %s', async (written) => {
    expect(await ofFile(written)).toEqual([]);
  });

  it.each([
    [
      'expect: { log: x, from: 3 }',
      '«from» error misplaced-key: `from` counts from the start of the timeline, and this expectation from its command | remove it, or move the expectation to the `expect` of the file',
    ],
    [
      'expect: [{ log: x }, { log: x, by: 3 }]',
      '«by» error misplaced-key: `by` counts from the start of the timeline, and this expectation from its command | write `within`, in seconds after the command',
    ],
    [
      'expect: { status: x, for: 6, within: 5 }',
      '«5» error empty-window: a status cannot hold for 6 s within 5 s | write `within: 6` or more',
    ],
    [
      'expect: { status: x, within: 0 }',
      '«0» error empty-window: nothing can be seen in a window of no length | write `within: 5`, say',
    ],
    [
      'expect: { log: x, within: 0, never: true }',
      '«0» error empty-window: nothing can be seen in a window of no length | write `within: 5`, say',
    ],
    [
      'expect: { exit: 0, count: 2 }',
      '«2» error out-of-range: 2 are to meet it, and one peer is meant by bob | the most is 1',
    ],
    [
      'expect: { peer: bbo, exit: 0 }',
      '«bbo» error unknown-peer: unknown peer "bbo" in an expectation | did you mean "bob"?',
    ],
    [
      'expect: []',
      '«[]» error out-of-range: an expectation or a list of them is wanted here, and it is empty | write { peer: bob, log: hello }, say',
    ],
    [
      'expect: bob',
      '«bob» error wrong-type: an expectation or a list of them is wanted here, this is text | write { peer: bob, log: hello }, say',
    ],
    [
      'when: { peer: bob, status: x, by: 3 }, within: 3',
      '«when» error conflicting-keys: `when` stands beside `time`, and a command is sent by one of them | remove one',
    ],
  ])('at a command: %s', async (written, expected) => {
    expect((await ofCommand(written))[0]).toEqual(expected);
  });
});

it('many faults are told at once, in the order of the file', async () => {
  const text = timelineText(
    ['peer: zoe, command: c', 'after: nobody, peer: bob, command: c', 'when: { exit: 1 }, peer: bob, command: c'],
    ['peer: bob', 'peer: bob, log: /(/', 'peer: "*", status: x, within: 1'],
  );
  expect((await faultsOf(text)).map((line) => line.replace(/ «.*(error [a-z-]+):.*/, ' $1'))).toEqual([
    '5:13 «alice» warning idle-peer: alice is sent no command',
    '7:13 «worker-10» warning idle-peer: worker-10 is sent no command',
    '8:13 «worker-2» warning idle-peer: worker-2 is sent no command',
    '10:5 error missing-key',
    '10:13 error unknown-peer',
    '11:14 error unknown-id',
    '12:7 error missing-key',
    '12:13 error missing-key',
    '14:5 error missing-key',
    '15:23 error bad-pattern',
    '16:29 error misplaced-key',
  ]);
});
