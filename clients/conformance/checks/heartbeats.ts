import { setTimeout as pause } from 'node:timers/promises';
import { holds, must, notShown, quote } from '../finding.ts';
import { HEARTBEAT } from '../requirement.ts';
import type { Peer } from '../rig/peer.ts';
import type { Rig } from '../rig/rig.ts';
import { heartbeats } from '../rig/traffic.ts';
import { until } from '../rig/until.ts';
import type { Checks } from './check.ts';

/** How long the suite waits for the first one. */
const FIRST_WITHIN_MS = 5_000;
/** What a busy machine may take besides, in milliseconds. */
const SLACK_MS = 1_500;
const CLOCK_MS = 60_000;

const beatsOf = (peer: Peer) => heartbeats(peer.proxy.requests, peer.name);

/** Sees that none came before the first status: `started` is what says that a peer is there. */
function noneBeforeFirstStatus(peer: Peer): void {
  const { requests } = peer.proxy;
  const [beat] = beatsOf(peer);
  const [status] = peer.statuses;
  must(
    beat === undefined || (status !== undefined && requests.indexOf(status.request) < requests.indexOf(beat)),
    'no heartbeat before the first status',
    `${quote(beat?.words)} before ${quote(status?.request.words)}`,
  );
}

/** Waits for the third heartbeat, as long as the first says that it may take. */
async function third(peer: Peer): Promise<void> {
  const intervalMs = Number(/\|(\d+)$/.exec(beatsOf(peer)[0]?.words[2] ?? '')?.[1] ?? HEARTBEAT.intervalMs);
  await until(() => beatsOf(peer).length >= 3, 2 * (intervalMs + SLACK_MS));
}

/** The sign of life of a peer that has nothing to say. */
export const HEARTBEAT_CHECKS = {
  'P-HEARTBEAT-FORM': async (rig: Rig) => {
    const peer = await rig.start();
    if (!(await until(() => beatsOf(peer).length > 0, FIRST_WITHIN_MS))) return notShown('it sends no heartbeats');
    noneBeforeFirstStatus(peer);
    await third(peer);
    const beats = beatsOf(peer);
    const seen = new Set<string>();
    for (const { words } of beats) {
      const [, at, interval] = /^(\d+)\|(\d+)$/.exec(words[2] ?? '') ?? [];
      must(at !== undefined && Number(interval) > 0, '`<at>|<interval>`, both in milliseconds', quote(words[2]));
      must(Math.abs(Number(at) - Date.now()) < CLOCK_MS, 'the time of now in milliseconds since 1970', quote(words[2]));
      must(!seen.has(words[2] ?? ''), 'another value each time', `${quote(words[2])} twice`);
      seen.add(words[2] ?? '');
    }
    const intervalMs = Number(beats[0]?.words[2]?.split('|')[1]);
    must(
      beats.length >= 3,
      `a heartbeat at least every ${intervalMs} ms`,
      `${beats.length} in ${2 * (intervalMs + SLACK_MS)} ms`,
    );
    return holds;
  },

  'C-HEARTBEAT': async (rig: Rig) => {
    const [peer, silent] = await Promise.all([rig.start(), rig.start({ environment: { TM_RUN_ID: undefined } })]);
    const since = performance.now();
    must(
      await until(() => beatsOf(peer).length > 0, FIRST_WITHIN_MS),
      'a heartbeat upon the first status',
      `none in ${FIRST_WITHIN_MS} ms`,
    );
    await third(peer);
    const [first, ...others] = beatsOf(peer);
    must(
      first !== undefined && others.length >= 2,
      `a heartbeat every ${HEARTBEAT.intervalMs} ms`,
      `${others.length + 1} in ${(performance.now() - since).toFixed(0)} ms`,
    );
    noneBeforeFirstStatus(peer);
    const [, interval] = first.words[2]?.split('|') ?? [];
    must(Number(interval) === HEARTBEAT.intervalMs, `the interval ${HEARTBEAT.intervalMs}`, quote(first.words[2]));
    const span = (others.at(-1)?.sentMs ?? 0) - first.sentMs;
    const leastMs = others.length * HEARTBEAT.intervalMs - SLACK_MS;
    must(
      span >= leastMs,
      `${others.length + 1} heartbeats in ${others.length * HEARTBEAT.intervalMs} ms`,
      `${others.length + 1} in ${span.toFixed(0)} ms`,
    );
    await pause(Math.max(0, since + FIRST_WITHIN_MS - performance.now()));
    must(beatsOf(silent).length === 0, 'none where TM_RUN_ID is not set', quote(beatsOf(silent)[0]?.words));
    return holds;
  },
} satisfies Checks;
