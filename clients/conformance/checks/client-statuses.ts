import { holds, must, quote, same } from '../finding.ts';
import { TIMING } from '../requirement.ts';
import type { Peer } from '../rig/peer.ts';
import type { PeerOptions, Rig } from '../rig/rig.ts';
import type { Checks } from './check.ts';

/** The proxy's clock ticks late on a busy machine: then one gap looks shorter, and the one before it longer. */
const TOLERANCE_MS = 5;

/** Has the peer report a dozen statuses at once and looks at the pauses between them. */
async function spaced(rig: Rig, options: PeerOptions): Promise<Peer> {
  const words = Array.from({ length: 12 }, (_, i) => `spaced-${i}`);
  const peer = await rig.start(options);
  await peer.send(`status|${words.join('|')}`);
  await peer.reported('spaced-11');
  const statuses = peer.statuses.filter(({ text }) => text.startsWith('spaced-'));
  must(
    same(
      statuses.map(({ text }) => text),
      words,
    ),
    'each status SET once, in order',
    quote(statuses.map(({ text }) => text)),
  );
  const times = statuses.map(({ request }) => request.sentMs);
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  const middle = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
  const total = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const isSpaced =
    middle >= TIMING.statusGapMs - TOLERANCE_MS && total >= gaps.length * TIMING.statusGapMs - 2 * TOLERANCE_MS;
  must(isSpaced, `${TIMING.statusGapMs} ms between two statuses`, gaps.map((gap) => `${gap.toFixed(0)} ms`).join(', '));
  return peer;
}

/** How a client library says what the peer says about itself. */
export const CLIENT_STATUS_CHECKS = {
  'C-STATUS-ALL': async (rig: Rig) => {
    const words = Array.from({ length: 50 }, (_, i) => `word-${i}`);
    const peer = await rig.start();
    await peer.send(`status|${words.join('|')}`, 'shutdown');
    await peer.ended('after `shutdown`');
    const expected = [peer.statusTexts[0], ...words, 'stopped'];
    must(same(peer.statusTexts, expected), `${expected.length} statuses SET, in order`, quote(peer.statusTexts));
    const entries = await peer.redis.xrange(`${peer.name}_statuses`, '-', '+');
    const texts = entries.map(([, fields]) => fields[fields.indexOf('status') + 1]);
    must(same(texts, expected), 'the same in the status stream', quote(texts));
    const bare = entries.find(([, fields]) => !fields.includes('at') || !fields.includes('report'));
    must(bare === undefined, '`at` and `report` in each entry', quote(bare));
    return holds;
  },

  'C-STATUS-GAP': async (rig: Rig) => {
    const refusing = { settings: ['user guarded on >guarded ~* &* +@all -xadd'], login: 'guarded:guarded' };
    const [, guarded] = await Promise.all([
      spaced(rig, { environment: { TM_RUN_ID: undefined } }),
      spaced(rig, refusing),
    ]);
    const length = await guarded.redis.xlen(`${guarded.name}_statuses`);
    must(length === 0, 'no stream where Redis refuses it', `${length} entries`);
    return holds;
  },
} satisfies Checks;
