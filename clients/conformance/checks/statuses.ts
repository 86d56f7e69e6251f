import { fails, holds, must, notShown, quote, same } from '../finding.ts';
import type { Rig } from '../rig/rig.ts';
import { requestsOn, streamWrites } from '../rig/traffic.ts';
import type { Checks } from './check.ts';

const GAP_MS = 20;
/** The proxy's clock ticks late on a busy machine. */
const GAP_MEASURED_MS = 15;
/** Enough that no accident spaces the statuses of a peer that takes no care. */
const ROUNDS = 20;

/** What a peer says about itself, and where. */
export const STATUS_CHECKS = {
  'P-STARTED': async (rig: Rig) => {
    const peer = await rig.launch();
    await peer.until('a first status', () => peer.statuses.length > 0);
    const first = peer.statusTexts[0] ?? '';
    if (/^started(\|.+)?$/.test(first)) return holds;
    return fails('`started` or `started|<multiaddr>` as the first status', quote(first));
  },

  'P-STATUS-KEY': async (rig: Rig) => {
    const peer = await rig.start();
    const key = `${peer.name}_status`;
    await peer.send('connect', 'conformance-unknown');
    await peer.tookAll();
    must((await peer.redis.type(key)) === 'string', `a string at ${key}`, `its type is ${await peer.redis.type(key)}`);
    must(
      (await peer.redis.ttl(key)) === -1,
      'a status that never expires',
      `it expires in ${await peer.redis.pttl(key)} ms`,
    );
    await peer.send('shutdown');
    await peer.ended('after `shutdown`');
    const last = peer.statusTexts.at(-1);
    const standing = await peer.redis.get(key);
    must(standing === last && last !== undefined, `${quote(last)} at ${key}, as it was set`, quote(standing));
    const expiring = requestsOn(peer.proxy.requests, key).find(
      ({ words }) =>
        /^(P?SETEX|P?EXPIRE(AT)?)$/i.test(words[0] ?? '') ||
        words.slice(3).some((word) => /^(EX|PX|EXAT|PXAT)$/i.test(word)),
    );
    must(expiring === undefined, 'statuses without an expiry', quote(expiring?.words));
    return holds;
  },

  'P-STARTED-ADDRESS': async (rig: Rig) => {
    const peer = await rig.start({ environment: { HOST_ADDR: '127.0.0.7' } });
    const status = peer.statusTexts.find((text) => text.startsWith('started')) ?? '';
    const isThere = status.includes('/127.0.0.7/') && status.includes(`/udp/${peer.udpPort}`);
    return isThere ? holds : fails(`\`started|/ip4/127.0.0.7/udp/${peer.udpPort}/…\``, quote(status));
  },

  'P-CONNECT': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.send('connect');
    await peer.reported('connected');
    await peer.send('disconnect');
    await peer.reported('disconnected');
    const words = peer.statusTexts.slice(1);
    const expected = ['connecting', 'connected', 'disconnecting', 'disconnected'];
    const inOrder = words.filter((word) => expected.includes(word));
    return same(inOrder, expected) ? holds : fails(quote(expected), quote(words));
  },

  'P-STATUS-APART': async (rig: Rig) => {
    const peer = await rig.start();
    for (let round = 0; round < ROUNDS; round++) await peer.send('connect', 'disconnect');
    await peer.tookAll();
    await peer.send('shutdown');
    await peer.ended('after `shutdown`');
    const statuses = peer.statuses;
    if (statuses.length < 4) return notShown('it reports too few statuses');
    if (streamWrites(peer.proxy.requests, peer.name).length >= statuses.length) return holds;
    const gaps = statuses.slice(1).map(({ request }, i) => request.sentMs - (statuses[i]?.request.sentMs ?? 0));
    const least = Math.min(...gaps);
    if (least >= GAP_MEASURED_MS) return holds;
    return fails(
      `statuses in the stream, or ${GAP_MS} ms between two of them`,
      `some are not in the stream, and two were ${least.toFixed(0)} ms apart`,
    );
  },
} satisfies Checks;
