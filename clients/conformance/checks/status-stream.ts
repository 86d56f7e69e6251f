import { fails, holds, must, notShown, quote } from '../finding.ts';
import type { Peer } from '../rig/peer.ts';
import type { Rig } from '../rig/rig.ts';
import { type StreamWrite, streamWrites, transactions } from '../rig/traffic.ts';
import type { Checks } from './check.ts';

const NO_STREAM = notShown('it does not write the status stream');
/** Milliseconds that the peer's clock and ours may be apart: they are the same one. */
const CLOCK_MS = 60_000;
/** `about 1,000`: what is no accident, and no leak. */
const CAP = { least: 100, most: 10_000 };

/** Has the peer report this and that, a restart included, and gives what it appended. */
async function appended(rig: Rig): Promise<{ readonly peer: Peer; readonly entries: readonly StreamWrite[] }> {
  const peer = await rig.start();
  await peer.send('connect', 'disconnect', 'restart|0');
  await peer.started(1);
  await peer.send('connect', 'shutdown');
  await peer.ended('after `shutdown`');
  return { peer, entries: streamWrites(peer.proxy.requests, peer.name) };
}

/** Statuses as entries of a stream, for peers that write it. */
export const STREAM_CHECKS = {
  'P-STREAM-BOTH': async (rig: Rig) => {
    const { peer, entries } = await appended(rig);
    if (entries.length === 0) return NO_STREAM;
    const together = transactions(peer.proxy.requests);
    for (const { request, fields } of entries) {
      const inside = together.find((requests) => requests.includes(request));
      must(inside !== undefined, 'each XADD between MULTI and EXEC', `alone: ${quote(request.words)}`);
      const set = peer.statuses.find((status) => inside.includes(status.request));
      must(set !== undefined, 'a SET of the status in the same transaction', quote(inside.map(({ words }) => words)));
      must(
        set.text === fields.get('status'),
        `the field status = ${quote(set.text)}, as it is SET`,
        quote(fields.get('status')),
      );
    }
    const alone = peer.statuses.find(({ request }) => !together.some((requests) => requests.includes(request)));
    must(alone === undefined, 'each status in the stream as well', `SET alone: ${quote(alone?.text)}`);
    return holds;
  },

  'P-STREAM-ID': async (rig: Rig) => {
    const { entries } = await appended(rig);
    if (entries.length === 0) return NO_STREAM;
    const own = entries.find(({ id }) => id !== '*');
    return own === undefined ? holds : fails('the id `*` in each XADD', quote(own.request.words));
  },

  'P-STREAM-FIELDS': async (rig: Rig) => {
    const { entries } = await appended(rig);
    if (entries.length === 0) return NO_STREAM;
    const reports = new Set<string>();
    for (const { fields, maxLength, request } of entries) {
      const [at, report] = [fields.get('at') ?? '', fields.get('report') ?? ''];
      const isNow = /^\d+$/.test(at) && Math.abs(Number(at) - Date.now()) < CLOCK_MS;
      must(isNow, '`at`: milliseconds since 1970, by the clock of the peer', quote(request.words));
      must(
        report !== '' && !reports.has(report),
        'a `report` that no other entry has, also after a restart',
        quote(request.words),
      );
      const isCapped = maxLength !== undefined && maxLength >= CAP.least && maxLength <= CAP.most;
      must(isCapped, 'MAXLEN of about 1,000', quote(request.words));
      reports.add(report);
    }
    return holds;
  },
} satisfies Checks;
