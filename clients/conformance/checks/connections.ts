import { setTimeout as pause } from 'node:timers/promises';
import { fails, holds, must, quote } from '../finding.ts';
import { TIMING } from '../requirement.ts';
import type { Rig } from '../rig/rig.ts';
import { statusWrites, streamWrites } from '../rig/traffic.ts';
import type { Checks } from './check.ts';

const AWAY_MS = 8_000;
/** Two connections, seven short pauses each and then one every 1 to 2 s, and some room. */
const ATTEMPTS = { most: 50, mostLate: 14 };
const PROCESSOR_SHARE = 0.15;
const LEFT_TIME_MS = 300;

/** What becomes of a peer's connections. */
export const CONNECTION_CHECKS = {
  'P-RECONNECT': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.waits();
    peer.proxy.refuse(true);
    peer.proxy.cutAll();
    await pause(500);
    peer.proxy.refuse(false);
    await peer.until('the peer to wait for a command again', () => peer.proxy.waiting !== undefined);
    await peer.send('conformance-after', 'shutdown');
    await peer.tookAll();
    await peer.ended('after `shutdown`');
    // With which code it exits is P-SHUTDOWN's business.
    must(
      peer.starts === 1,
      'the same process to go on to its `shutdown`',
      `${peer.process.state}, with ${peer.starts} \`started\``,
    );
    return peer.statusTexts.at(-1) === 'stopped'
      ? holds
      : fails('`stopped` as the last status', quote(peer.statusTexts));
  },

  'C-CONNECTIONS': async (rig: Rig) => {
    const peer = await rig.start();
    let crowdedSince: number | undefined;
    let crowd = 0;
    const watch = setInterval(() => {
      const open = peer.proxy.open.length;
      if (open <= 2) crowdedSince = undefined;
      else {
        crowdedSince ??= performance.now();
        // A connection that is being closed is not held.
        if (performance.now() - crowdedSince > LEFT_TIME_MS) crowd = Math.max(crowd, open);
      }
    }, 10);
    try {
      await peer.send('connect', 'log|info|2000|line', 'status|one|two|three', 'disconnect');
      await peer.tookAll();
      await peer.waits();
      peer.proxy.cutAll();
      await peer.until('the peer to wait for a command again', () => peer.proxy.waiting !== undefined);
      await peer.send('log|info|2000|again', 'work|700', 'log|info|1|last');
      await peer.logged('info|last 1');
      await pause(2 * LEFT_TIME_MS);
    } finally {
      clearInterval(watch);
    }
    return crowd === 0 ? holds : fails('two connections to Redis', `${crowd}`);
  },

  'C-BACKOFF': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.waits();
    const { proxy, process } = peer;
    proxy.refuse(true);
    proxy.cutAll();
    const began = performance.now();
    const before = process.processorMs();
    await pause(AWAY_MS);
    const share = (process.processorMs() - before) / (performance.now() - began);
    const attempts = proxy.attempts.filter((time) => time > began).map((time) => time - began);
    const late = attempts.filter((time) => time > AWAY_MS / 2).length;
    const saw = `after ${attempts
      .map((time) => (time / 1000).toFixed(2))
      .join(', ')
      .slice(0, 200)} s`;
    must(!process.over, 'the peer to try again for ever', process.state);
    must(
      attempts.length <= ATTEMPTS.most && late <= ATTEMPTS.mostLate,
      `attempts with growing pauses up to ${TIMING.backoffLongestMs} ms`,
      `${attempts.length}, ${saw}`,
    );
    must(late >= 1, `an attempt at least every ${TIMING.backoffLongestMs} ms`, `${attempts.length}, ${saw}`);
    must(
      share < PROCESSOR_SHARE,
      'next to no processor time meanwhile',
      `${(share * 100).toFixed(0)} % of a processor`,
    );
    proxy.refuse(false);
    await peer.send('log|info|1|back');
    await peer.logged('info|back 1');
    return holds;
  },

  'C-STATUS-RESTORED': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.send('status|ready');
    await peer.reported('ready');
    const [key, stream] = [`${peer.name}_status`, `${peer.name}_statuses`];
    const length = await peer.redis.xlen(stream);
    for (const round of ['a Redis that was started anew', 'the same Redis']) {
      await peer.waits();
      if (round === 'a Redis that was started anew') await peer.redis.del(key);
      const putBack = () => statusWrites(peer.proxy.requests, peer.name).filter(({ onlyIfNone }) => onlyIfNone);
      const before = putBack().length;
      const written = peer.statuses.length;
      peer.proxy.cutAll();
      const expected = `SET ${key} ready NX after a reconnect to ${round}`;
      await peer.until(expected, () => putBack().length > before);
      must(putBack().at(-1)?.text === 'ready', expected, quote(putBack().at(-1)?.request.words));
      must((await peer.redis.get(key)) === 'ready', 'the status `ready` in Redis', quote(await peer.redis.get(key)));
      must(peer.statuses.length === written, 'SET with NX only', quote(peer.statuses.at(-1)?.request.words));
    }
    const appended = (await peer.redis.xlen(stream)) - length;
    must(
      appended === 0,
      'nothing appended to the stream',
      quote(streamWrites(peer.proxy.requests, peer.name).at(-1)?.request.words),
    );
    return holds;
  },
} satisfies Checks;
