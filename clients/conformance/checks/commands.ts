import { setTimeout as pause } from 'node:timers/promises';
import { fails, holds, must, quote, same } from '../finding.ts';
import type { Rig } from '../rig/rig.ts';
import type { Checks } from './check.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** What a shell, a format string or a parser of lines might trip over. */
const ODD_COMMANDS = [
  'conformance-unknown',
  '',
  ' ',
  '|',
  '|||||',
  'connect|now',
  ' connect',
  'SHUTDOWN',
  'shutdown|later',
  'restarting',
  '-n',
  '--help',
  '*',
  '$HOME `id` $(id) ; exit 3',
  '"quoted" \'text\' \\ \\n %s %n %d {} {0}',
  'two\nlines\r\nand a\ttab',
  'Grüße, 世界 🌍 e\u0301 \u200d \u2028',
  '\u0001\u001b[31m\u007f',
  '{"json":[1,2,3]}',
  `long ${'x'.repeat(20_000)}`,
];

/** How a peer takes what it is told. */
export const COMMAND_CHECKS = {
  'P-COMMAND-ORDER': async (rig: Rig) => {
    const unknown = range(20).map((i) => `conformance-${i}`);
    const peer = await rig.start();
    await peer.waits();
    await peer.send(...unknown, 'shutdown');
    await peer.ended('after `shutdown`, the last of 21 commands');
    const left = await peer.queue();
    must(left.length === 0, '`shutdown` to be taken last', `it was taken with these in front of it: ${quote(left)}`);
    const taken = peer.taken;
    return same(taken, [...unknown, 'shutdown']) ? holds : fails('the commands taken in their order', quote(taken));
  },

  'P-UNKNOWN': async (rig: Rig) => {
    const peer = await rig.start();
    for (const command of ODD_COMMANDS) {
      await peer.send(command);
      const saw = () => 'it is still in Redis';
      await peer.until(`the command ${quote(command)} taken`, async () => (await peer.queue()).length === 0, saw);
    }
    await peer.send('connect', 'disconnect', 'shutdown');
    await peer.ended('after `shutdown`');
    const left = await peer.queue();
    // With which code it exits is P-SHUTDOWN's business.
    must(
      peer.starts === 1 && left.length === 0 && peer.statusTexts.at(-1) === 'stopped',
      'the peer to go on to its `shutdown`, and `stopped`',
      `${peer.process.state}, with the statuses ${quote(peer.statusTexts)}, and in its queue ${quote(left)}`,
    );
    return holds;
  },

  'C-NO-PREFETCH': async (rig: Rig) => {
    const workMs = 1500;
    const peer = await rig.start();
    await peer.send(`work|${workMs}`, 'log|info|1|first', 'log|info|1|second');
    await peer.until('`work` taken', () => peer.taken.length > 0);
    await pause(workMs / 3);
    await peer.logged('info|second 1');
    const [work, next] = peer.takings.map(({ request }) => request);
    must(work?.answeredMs !== undefined && next !== undefined, 'three commands taken', quote(peer.taken));
    // When the answer was passed on is never later than when the peer has it, and the next request never seen before it was made.
    const busy = next.sentMs - work.answeredMs;
    must(peer.taken[0] === `work|${workMs}`, 'one command an answer', quote(work.reply));
    return busy >= workMs - 50
      ? holds
      : fails(
          `the next command taken after the ${workMs} ms of \`work\``,
          `after ${busy.toFixed(0)} ms: ${quote(next.words)}`,
        );
  },

  'C-COMMAND-ONCE': async (rig: Rig) => {
    const peer = await rig.start();
    const expected: string[] = [];
    for (const round of range(6)) {
      await peer.waits();
      const [first, second, third] = [`round-${round}-a`, `round-${round}-b`, `round-${round}-c`];
      // The connection on which the peer waits ends, by the server's hand; the commands come before, while and after it connects again.
      if (round % 2 === 0) await peer.send(`log|info|1|${first}`);
      await peer.server.killWaiting();
      if (round % 2 === 1) await peer.send(`log|info|1|${first}`);
      await peer.send(`log|info|1|${second}`, `log|info|1|${third}`);
      await peer.logged(`info|${third} 1`);
      expected.push(`${first} 1`, `${second} 1`, `${third} 1`);
    }
    const handed = (await peer.lines())
      .filter((line) => line.startsWith('info|round-'))
      .map((line) => line.slice('info|'.length));
    return same(handed, expected)
      ? holds
      : fails(`${expected.length} commands handed over once each, in order`, quote(handed));
  },

  'C-HALF-OPEN': async (rig: Rig) => {
    const peer = await rig.start();
    for (const round of range(3)) {
      await peer.waits();
      const asked = peer.asked;
      peer.proxy.waiting?.abandon();
      await peer.until(
        'the peer to wait for a command on a new connection',
        () => peer.asked > asked && peer.proxy.waiting !== undefined,
      );
      await peer.send(`log|info|1|round-${round}`);
      const saw = async () =>
        `the queue holds ${quote(await peer.queue())}, and the log does not tell of it: Redis gave it to the former connection`;
      await peer.until(
        `the command of round ${round}`,
        async () => (await peer.lines()).includes(`info|round-${round} 1`),
        saw,
      );
    }
    return holds;
  },
} satisfies Checks;
