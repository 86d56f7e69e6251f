import { setTimeout as pause } from 'node:timers/promises';
import { fails, holds, listed, must, quote, same } from '../finding.ts';
import { TIMING } from '../requirement.ts';
import type { Rig } from '../rig/rig.ts';
import type { Checks } from './check.ts';

/** Milliseconds between the signal and the first of the commands that come in while the peer closes. */
const FIRST_COMMAND_AFTER_MS = [0, 2, 5, 15];
const MOST_COMMANDS = 400;
const AT_WORK_AFTER_MS = 500;
/** What a busy machine may take besides, in milliseconds. */
const SLACK_MS = 4_000;

/** How a peer ends. */
export const CLOSING_CHECKS = {
  'P-SHUTDOWN': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.send('shutdown');
    const exit = await peer.ended('after `shutdown`');
    must(exit.code === 0, 'the exit code 0', peer.process.state);
    const standing = await peer.redis.get(`${peer.name}_status`);
    must(peer.statusTexts.at(-1) === 'stopped', '`stopped` as the last status', quote(peer.statusTexts));
    return standing === 'stopped' ? holds : fails('the status `stopped` in Redis', quote(standing));
  },

  'P-SIGTERM': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.waits();
    peer.process.signal('SIGTERM');
    const exit = await peer.ended('after SIGTERM');
    must(
      peer.statusTexts.at(-1) === 'stopped',
      '`stopped` as the last status',
      `${quote(peer.statusTexts)}; ${peer.process.state}`,
    );
    return exit.code === 0 ? holds : fails('the exit code 0', peer.process.state);
  },

  'C-SIGNALS': async (rig: Rig) => {
    const [terminated, interrupted, stubborn] = await Promise.all([rig.start(), rig.start(), rig.start()]);
    for (const [peer, signal] of [
      [terminated, 'SIGTERM'],
      [interrupted, 'SIGINT'],
    ] as const) {
      await peer.waits();
      peer.process.signal(signal);
      const exit = await peer.ended(`after ${signal}`);
      must(
        exit.code === 0 && peer.statusTexts.at(-1) === 'stopped',
        `\`stopped\` and the exit code 0 after ${signal}`,
        `${quote(peer.statusTexts)}; ${peer.process.state}`,
      );
    }
    await stubborn.send('work|600000');
    await stubborn.tookAll();
    // It has left Redis, and is still on its way to the peer: a signal may overtake it.
    await pause(AT_WORK_AFTER_MS);
    stubborn.process.signal('SIGTERM');
    await pause(500);
    must(
      !stubborn.process.over,
      'a `shutdown` that is taken after the work of the moment',
      `${stubborn.process.state} upon the first SIGTERM`,
    );
    stubborn.process.signal('SIGTERM');
    const exit = await stubborn.ended('upon the second SIGTERM');
    must(
      exit.signal === 'SIGTERM' || (exit.code !== null && exit.code > 0),
      'the death that a SIGTERM is without a handler',
      stubborn.process.state,
    );
    return holds;
  },

  'C-CLOSE-LEAVES': async (rig: Rig) => {
    for (const wait of FIRST_COMMAND_AFTER_MS) {
      const peer = await rig.start();
      await peer.waits();
      peer.process.signal('SIGTERM');
      await pause(wait);
      const sent: string[] = [];
      while (!peer.process.over && sent.length < MOST_COMMANDS) {
        const word = `command-${sent.length}`;
        await peer.send(`log|info|1|${word}`);
        sent.push(word);
        await pause(1);
      }
      await peer.ended('after SIGTERM');
      const done = (await peer.lines()).flatMap((line) => /^info\|(command-\d+) 1$/.exec(line)?.[1] ?? []);
      const left = (await peer.queue()).map((command) => command.split('|').at(-1) ?? '');
      const lost = sent.filter((word) => !done.includes(word) && !left.includes(word));
      must(
        lost.length === 0,
        'each command either done or still in Redis',
        `lost: ${listed(lost, 'commands')}, of ${sent.length}`,
      );
      must(
        same([...done, ...left], sent),
        'the commands that were not done in Redis in their order',
        `done: ${quote(done)}, in Redis: ${quote(left)}`,
      );
    }
    return holds;
  },

  'C-CLOSE-BOUNDED': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.waits();
    peer.proxy.freezeAll();
    const began = performance.now();
    peer.process.signal('SIGTERM');
    const limit = TIMING.closeTimeoutMs + SLACK_MS;
    await peer.ended(`${TIMING.closeTimeoutMs / 1000} s after it is closed, though Redis does not answer`, limit);
    const took = performance.now() - began;
    return took <= limit ? holds : fails(`an end within ${TIMING.closeTimeoutMs} ms`, `it took ${took.toFixed(0)} ms`);
  },
} satisfies Checks;
