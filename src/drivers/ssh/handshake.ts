import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type Client } from 'ssh2';
import { authMethods } from './authentication.ts';
import { type HostKeyVerdict, hostKeyAlgorithms, judgeHostKey } from './host-key.ts';
import type { KeyRing } from './key-ring.ts';
import type { HostKnowledge } from './known-hosts.ts';
import { Patience } from './patience.ts';
import { connectFault, unreachable } from './ssh-fault.ts';
import type { SshTarget } from './target.ts';

/** A lost host is noticed after so many unanswered ones, within half a minute. */
const KEEPALIVE_MS = 5000;
const KEEPALIVES_MISSED = 4;

/** What comes of a handshake: a session, or a key that was not taken. Nothing but the key exchange happened then. */
export type Handshake =
  | { readonly kind: 'open'; readonly client: Client; readonly newKey?: Buffer }
  | { readonly kind: 'refused'; readonly key: Buffer; readonly verdict: Exclude<HostKeyVerdict, { kind: 'trusted' }> };

export interface HandshakeOptions {
  readonly target: SshTarget;
  readonly knowledge: HostKnowledge;
  /** A key that a person has just said yes to, in base64. */
  readonly accepted?: string;
  /** Types of key that were shown and were not the one that is wanted. */
  readonly withoutTypes: ReadonlySet<string>;
  readonly ring: KeyRing;
  readonly home: string;
}

/**
 * Speaks SSH over an open stream, up to a session. Throws TmError, or the stream's own error for a fault of transport;
 * ends early, and the stream with it, with the signal.
 */
export async function handshake(stream: Duplex, options: HandshakeOptions, signal: AbortSignal): Promise<Handshake> {
  const { target } = options;
  const client = new ssh2.Client();
  const tried: string[] = [];
  const methods = authMethods(target, options.ring, options.home, tried);
  let refused: Extract<Handshake, { kind: 'refused' }> | undefined;
  let newKey: Buffer | undefined;
  let failure: unknown;

  return new Promise<Handshake>((resolve, reject) => {
    const late = () =>
      fail(unreachable(target, `did not finish its handshake within ${target.connectTimeoutMs / 1000} s`));
    const patience = new Patience(target.connectTimeoutMs, late);
    const abort = () => fail(signal.reason);
    const settle = () => {
      patience.stop();
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: unknown) => {
      settle();
      // The error that the end of the stream causes is not the one to tell.
      failure ??= error;
      stream.destroy();
      if (refused !== undefined) resolve(refused);
      else reject(failure);
    };
    signal.addEventListener('abort', abort, { once: true });

    client.on('error', (error) => {
      const { level } = error as { level?: unknown };
      // An agent that fails is not the end: there are other keys.
      if (level === 'agent') return;
      // sshd hangs up on newcomers when too many are at its door: that is no different from a broken wire.
      const isTransport = level === 'client-socket' || /lost before handshake/.test(error.message);
      fail(isTransport ? error : connectFault(target, error, tried));
    });
    client.once('close', () => fail(new Error('the connection was closed during the handshake')));
    client.once('ready', () => {
      settle();
      resolve({ kind: 'open', client, ...(newKey === undefined ? {} : { newKey }) });
    });
    client.connect({
      sock: stream,
      username: target.user,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES_MISSED,
      // Servers other than OpenSSH know stream-local forwarding too, or say that they do not.
      strictVendor: false,
      algorithms: { serverHostKey: algorithms(options) },
      hostVerifier: (key: Buffer): boolean => {
        const verdict = judgeHostKey(key, options.knowledge, target.hostKey);
        if (verdict.kind === 'trusted' || options.accepted === key.toString('base64')) return true;
        if (verdict.kind === 'unknown' && target.hostKey.unknown === 'accept-new') {
          newKey = key;
          return true;
        }
        refused = { kind: 'refused', key, verdict };
        return false;
      },
      authHandler: (_left, _partial, next) => {
        const none = false as unknown as AnyAuthMethod;
        patience.during(methods.next()).then(
          ({ value, done }) => next(done === true ? none : value),
          (error: unknown) => {
            failure ??= error;
            next(none);
          },
        );
      },
    });
  });
}

type ServerHostKeys = NonNullable<NonNullable<Parameters<Client['connect']>[0]['algorithms']>['serverHostKey']>;

const algorithms = ({ knowledge, withoutTypes }: HandshakeOptions): ServerHostKeys =>
  [...hostKeyAlgorithms(knowledge, withoutTypes)] as ServerHostKeys;
