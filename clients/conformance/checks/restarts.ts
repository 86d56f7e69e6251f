import { readFile } from 'node:fs/promises';
import { holds, must, quote, same } from '../finding.ts';
import { RESTART } from '../requirement.ts';
import type { Peer } from '../rig/peer.ts';
import type { Rig } from '../rig/rig.ts';
import type { StatusWrite } from '../rig/traffic.ts';
import type { Checks } from './check.ts';

/** Less of a pause than was asked for that is the proxy's clock, in milliseconds. */
const CLOCK_MS = 50;
/** Commands, and the seconds that they leave: a fraction is rounded up. */
const DELAYS = [
  ['restart|1', 1],
  ['restart|0.2', 1],
] as const;

/** Down and up again; `behind` are commands behind it in the queue. */
async function restarted(rig: Rig, behind: readonly string[] = [], command = 'restart|1'): Promise<Peer> {
  const peer = await rig.start();
  await peer.send(command, ...behind);
  await peer.reported('restarting');
  return peer;
}

/** Waits until the process has ended, or has been started again by an entrypoint of its own, which hides how it ended. */
async function down(peer: Peer): Promise<void> {
  await peer.until('the process to end after `restarting`', () => peer.process.exits.length > 0 || peer.starts > 1);
}

/** Sees that it ended as a restart does, with the delay where it belongs; behind an entrypoint of its own only the pause can be seen. */
async function leftDelay(peer: Peer, seconds: number, command = `restart|${seconds}`): Promise<void> {
  const [exit] = peer.process.exits;
  if (exit === undefined) {
    const at = (found: StatusWrite | undefined) => found?.request.sentMs ?? 0;
    const again = at(peer.statuses.findLast(({ text }) => text.startsWith('started')));
    const pauseMs = again - at(peer.statuses.find(({ text }) => text === 'restarting'));
    const expected = `after \`${command}\` a pause of ${seconds} s before its own entrypoint starts it again`;
    return must(pauseMs >= seconds * 1000 - CLOCK_MS, expected, `${pauseMs.toFixed(0)} ms`);
  }
  must(exit.code === RESTART.exitCode, `the exit code ${RESTART.exitCode}`, peer.process.state);
  const delay = await readFile(peer.delayFile, 'utf8').catch(() => undefined);
  const isThere = delay !== undefined && new RegExp(`^${seconds}\\s*$`).test(delay);
  must(
    isThere,
    `\`${seconds}\` in the delay file after \`${command}\``,
    delay === undefined ? 'no such file' : quote(delay),
  );
}

/** How a peer goes down and comes up again. */
export const RESTART_CHECKS = {
  'P-RESTART': async (rig: Rig) => {
    for (const [command, seconds] of DELAYS) {
      const peer = await restarted(rig, [], command);
      await down(peer);
      await leftDelay(peer, seconds, command);
      const next = peer.statusTexts[peer.statusTexts.indexOf('restarting') + 1] ?? 'started';
      must(/^started(\||$)/.test(next), '`restarting` as the last status before the exit', quote(peer.statusTexts));
    }
    return holds;
  },

  'P-ONE-AT-A-TIME': async (rig: Rig) => {
    const behind = ['conformance-a', 'conformance-b', 'conformance-c'];
    const peer = await restarted(rig, behind);
    const expected = `the commands behind \`restart\` in Redis: ${quote(behind)}`;
    const look = async () => {
      const queue = await peer.queue();
      // The peer that begins anew may take them as soon as it has said so.
      if (peer.starts < 2) must(same(queue, behind), expected, `in Redis: ${quote(queue)}`);
    };
    await look();
    await down(peer);
    await look();
    await peer.started(1);
    const taken = () => peer.taken.slice(1);
    const again = () => `it took ${quote(taken())}`;
    await peer.until('the peer that begins anew to take them', () => taken().length === behind.length, again);
    must(same(taken(), behind), 'them taken in their order', again());
    return holds;
  },

  'P-BEGIN-ANEW': async (rig: Rig) => {
    const peer = await restarted(rig);
    await down(peer);
    await peer.send('conformance-meanwhile');
    await peer.started(1);
    const saw = () => `it took ${quote(peer.taken)}`;
    await peer.until('the command that came meanwhile taken', () => peer.taken.includes('conformance-meanwhile'), saw);
    await peer.send('shutdown');
    await peer.ended('after `shutdown`');
    must(
      peer.statusTexts.at(-1) === 'stopped',
      '`stopped` as the last status',
      `${quote(peer.statusTexts)}; ${peer.process.state}`,
    );
    return holds;
  },

  'C-FLUSH-RESTART': async (rig: Rig) => {
    const count = 20_000;
    const peer = await rig.start({ restarts: false });
    await peer.send(`log|info|${count}|line`, 'restart|3');
    await down(peer);
    const lines = (await peer.lines()).filter((line) => line.startsWith('info|line '));
    const isAll = lines.length === count && lines.at(-1) === `info|line ${count}`;
    must(isAll, `${count} lines in Redis`, `${lines.length}, the last one ${quote(lines.at(-1))}`);
    await leftDelay(peer, 3);
    return holds;
  },
} satisfies Checks;
