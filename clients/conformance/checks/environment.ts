import { holds, must, quote, same } from '../finding.ts';
import type { Rig } from '../rig/rig.ts';
import { commandOf } from '../rig/traffic.ts';
import type { Checks } from './check.ts';

/** Every character of them that a URL gives a meaning must be percent-encoded. */
const USER = 'us@er:1/?#%';
const PASSWORD = 'p@ss:/w?rd#%&+ü[]';
const DATABASE = 3;

/** Commands by which a peer would do to keys what only tm may do. */
const FORBIDDEN_ON_KEYS = /^(DEL|UNLINK|GETDEL|GETEX|RENAME(NX)?|MOVE|P?EXPIRE(AT)?|P?SETEX|LTRIM)$/;
const FORBIDDEN = /^(FLUSHDB|FLUSHALL|SWAPDB)$/;
const KEYS = ['command', 'status', 'log', 'statuses', 'heartbeat'];
/** Keys of others: some of them with names that begin like the peer's. */
const OTHERS = ['bob', 'alice2', 'alice_', 'ali'];

/** Where a peer finds what it works with, and what it leaves alone. */
export const ENVIRONMENT_CHECKS = {
  'P-ENV': async (rig: Rig) => {
    const peer = await rig.launch({
      name: 'node.A_1-b',
      settings: ['user default off', `user "${USER}" on ">${PASSWORD}" ~* &* +@all`],
      login: `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`,
      database: DATABASE,
    });
    await peer.until(
      `\`started\` at ${peer.name}_status in database ${DATABASE}, with user and password of the URL`,
      async () => ((await peer.redis.get(`${peer.name}_status`)) ?? '').startsWith('started'),
    );
    await peer.send('connect', 'disconnect', 'shutdown');
    await peer.ended('after `shutdown`');
    const keyspace = await peer.redis.info('keyspace');
    must(!/^db(?!3:)/m.test(keyspace), `keys in database ${DATABASE} only`, quote(keyspace.trim()));
    return holds;
  },

  'P-KEYS': async (rig: Rig) => {
    const fill = async (redis: {
      set: (key: string, value: string) => unknown;
      rpush: (key: string, ...values: string[]) => unknown;
    }) => {
      for (const other of OTHERS) {
        await redis.set(`${other}_status`, 'connected');
        await redis.rpush(`${other}_command`, 'connect', 'shutdown');
        await redis.rpush(`${other}_log`, 'info|one', 'info|two');
      }
    };
    const peer = await rig.start({ prepare: ({ redis }) => fill(redis) });
    await peer.send('peer|/ip4/127.0.0.1/udp/9/quic-v1', 'connect', 'conformance-unknown', 'disconnect', 'restart|0');
    await peer.started(1);
    await peer.send('shutdown');
    await peer.ended('after `shutdown`');
    for (const other of OTHERS) {
      const keys = [`${other}_status`, `${other}_command`, `${other}_log`] as const;
      const now = [
        await peer.redis.get(keys[0]),
        await peer.redis.lrange(keys[1], 0, -1),
        await peer.redis.lrange(keys[2], 0, -1),
      ];
      const then = ['connected', ['connect', 'shutdown'], ['info|one', 'info|two']];
      must(same(now, then), `the keys of \`${other}\` as they were: ${quote(then)}`, quote(now));
    }
    const own = KEYS.map((key) => `${peer.name}_${key}`);
    const forbidden = peer.proxy.requests.find((request) => {
      const isOnKey =
        FORBIDDEN_ON_KEYS.test(commandOf(request)) && request.words.slice(1).some((word) => own.includes(word));
      return isOnKey || FORBIDDEN.test(commandOf(request));
    });
    must(forbidden === undefined, 'no expiry, removal or renaming of a key', quote(forbidden?.words));
    for (const key of await peer.redis.keys(`${peer.name}_*`)) {
      const ttl = await peer.redis.pttl(key);
      must(ttl < 0, `${key} without an expiry`, `it expires in ${ttl} ms`);
    }
    must((await peer.redis.exists(`${peer.name}_status`)) === 1, 'the status in Redis after the end', 'no such key');
    return holds;
  },

  'P-SERVER': async (rig: Rig) => {
    let before: unknown;
    const peer = await rig.start({
      prepare: async ({ redis }) => {
        before = await redis.config('GET', '*');
      },
    });
    await peer.send('connect', 'conformance-unknown', 'disconnect', 'shutdown');
    await peer.ended('after `shutdown`');
    const setting = peer.proxy.requests.find(
      ({ words }) => /^(CONFIG|ACL)$/i.test(words[0] ?? '') && !/^(GET|HELP|WHOAMI|CAT|LIST)$/i.test(words[1] ?? ''),
    );
    must(setting === undefined, 'no change of the configuration', quote(setting?.words));
    const after = await peer.redis.config('GET', '*');
    must(
      JSON.stringify(after) === JSON.stringify(before),
      'the configuration that the server had before',
      'another one',
    );
    return holds;
  },
} satisfies Checks;
