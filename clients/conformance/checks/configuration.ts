import { setTimeout as pause } from 'node:timers/promises';
import { holds, must, quote } from '../finding.ts';
import { TIMING } from '../requirement.ts';
import type { PeerOptions, Rig } from '../rig/rig.ts';
import type { Checks } from './check.ts';

const SECRET = 'hunter2-of-the-suite';
/** What an environment can be like that no peer can work with. */
const UNUSABLE: readonly Readonly<Record<string, string | undefined>>[] = [
  { REDIS_URL: undefined, PEER_NAME: undefined },
  { REDIS_URL: `http://default:${SECRET}@127.0.0.1:6379`, PEER_NAME: undefined },
  { REDIS_URL: `redis://default:${SECRET}@127.0.0.1:6379/first`, PEER_NAME: '' },
];
const STAYS_AWAY_MS = 2_500;
const REFUSED_WITHIN_MS = 10_000;

/** What a client makes of its environment, and of a Redis that is not there or does not want it. */
export const CONFIGURATION_CHECKS = {
  'C-CONFIG-ERROR': async (rig: Rig) => {
    await Promise.all(
      UNUSABLE.map(async (environment) => {
        const peer = await rig.launch({ environment });
        const exit = await peer.ended('where its environment cannot be used');
        const { output } = peer.process;
        must(exit.code !== 0, 'an exit code that tells of an error', peer.process.state);
        for (const variable of Object.keys(environment))
          must(output.includes(variable), `${variable} named on stderr`, quote(output));
        must(!output.includes(SECRET), 'an error without the password', 'the password of REDIS_URL on stderr');
      }),
    );
    return holds;
  },

  'C-WAIT-FOR-REDIS': async (rig: Rig) => {
    const peer = await rig.launch({ prepare: ({ proxy }) => proxy.refuse(true) });
    await peer.until('an attempt to connect, and another one', () => peer.proxy.attempts.length >= 3);
    await pause(STAYS_AWAY_MS);
    must(
      !peer.process.over,
      `the peer to wait for Redis for ${TIMING.connectTimeoutMs / 1000} s`,
      `${peer.process.state}: ${quote(peer.process.output)}`,
    );
    peer.proxy.refuse(false);
    await peer.started();
    return holds;
  },

  'C-REFUSED': async (rig: Rig) => {
    const cases: readonly (PeerOptions & { readonly reason: RegExp })[] = [
      { login: `default:${SECRET}`, settings: ['requirepass right'], reason: /WRONGPASS|invalid (username|password)/i },
      { settings: ['requirepass right'], reason: /NOAUTH|authentication required/i },
      { urlDatabase: 99, reason: /DB index|out of range/i },
    ];
    await Promise.all(
      cases.map(async ({ reason, ...options }) => {
        const peer = await rig.launch(options);
        await peer.until('an attempt to connect', () => peer.proxy.attempts.length > 0);
        const exit = await peer.ended('at once where Redis refuses it', REFUSED_WITHIN_MS);
        const { output } = peer.process;
        must(exit.code !== 0, 'an exit code that tells of an error', peer.process.state);
        must(reason.test(output), `Redis's reason (${reason.source}) on stderr`, quote(output));
        must(!output.includes(SECRET), 'an error without the password', 'the password of REDIS_URL on stderr');
      }),
    );
    return holds;
  },
} satisfies Checks;
