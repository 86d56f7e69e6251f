import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import { handshake } from './handshake.ts';
import { fingerprint, hostKeyTypes, knowledgeOf, shortType } from './host-key.ts';
import type { KeyRing } from './key-ring.ts';
import { addKnownHost, keyType } from './known-hosts.ts';
import { proxyCommandStream } from './proxy-command.ts';
import { connectFault, hostKeyFault } from './ssh-fault.ts';
import type { SshTarget } from './target.ts';
import { within } from './within.ts';

/** A key that known_hosts does not have, for a person to compare. */
export interface HostKeyQuestion {
  readonly host: HostName;
  /** `10.0.0.5`, with its port where that is not 22. */
  readonly address: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
  /** `ED25519`, `RSA`, … */
  readonly type: string;
}

/** What dialling needs from outside. */
export interface DialContext {
  readonly home: string;
  readonly ring: KeyRing;
  /** Asks a person; missing where nobody is there to answer. */
  readonly confirmHostKey?: (question: HostKeyQuestion, signal: AbortSignal) => Promise<boolean>;
  /** A stream to a target through the jump host that it names. */
  readonly jump: (target: SshTarget, signal: AbortSignal) => Promise<Duplex>;
}

/** A session with a server. */
export interface Session {
  readonly client: Client;
  /** Of the TCP connection; missing where a jump host or a command stands between. */
  readonly addresses?: { readonly local: string; readonly remote: string };
}

/** Connects, checks the host key (asking about it where that is wanted) and logs in. */
export async function dial(target: SshTarget, context: DialContext, signal: AbortSignal): Promise<Session> {
  const { ring, home } = context;
  const withoutTypes = new Set<string>();
  let accepted: string | undefined;
  let mismatch: Error | undefined;
  for (;;) {
    const knowledge = await knowledgeOf(target);
    const stream = await openStream(target, context, signal);
    const options = { target, knowledge, withoutTypes, ring, home, ...(accepted === undefined ? {} : { accepted }) };
    // A server that has no other type of key to show fails here: then the first one was the wrong one.
    const result = await handshake(stream, options, signal).catch((error: unknown) => {
      throw mismatch ?? error;
    });
    if (result.kind === 'open') {
      if (result.newKey !== undefined) remember(target, result.newKey);
      return { client: result.client, ...addressesOf(stream) };
    }
    const { key, verdict } = result;
    const fault = hostKeyFault(target, key, verdict, home);
    if (verdict.kind === 'other-fingerprint' && withoutTypes.size < hostKeyTypes.length - 1) {
      // The fingerprint may be that of another of its keys.
      mismatch ??= fault;
      withoutTypes.add(keyType(key));
    } else if (verdict.kind === 'unknown' && (await isConfirmed(target, key, context, signal))) {
      signal.throwIfAborted();
      remember(target, key);
      accepted = key.toString('base64');
    } else {
      throw mismatch ?? fault;
    }
  }
}

async function isConfirmed(
  target: SshTarget,
  key: Buffer,
  context: DialContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { host, address, port, hostKey } = target;
  if (hostKey.unknown !== 'ask' || context.confirmHostKey === undefined) return false;
  const question = {
    host,
    address: port === 22 ? address : `${address}:${port}`,
    fingerprint: fingerprint(key),
    type: shortType(keyType(key)).toUpperCase(),
  };
  return context.confirmHostKey(question, signal);
}

function remember({ hostKey, address, port }: SshTarget, key: Buffer): void {
  const file = hostKey.userFiles[0];
  if (file === undefined) return;
  addKnownHost(file, { name: hostKey.knownAs ?? address, port, hashName: hostKey.hashNames }, key);
}

async function openStream(target: SshTarget, context: DialContext, signal: AbortSignal): Promise<Duplex> {
  if (target.via !== undefined) return context.jump(target, signal);
  if (target.proxyCommand !== undefined) return proxyCommandStream(target.proxyCommand);
  const socket = connectTcp({ host: target.address, port: target.port, noDelay: true });
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
  const seconds = target.connectTimeoutMs / 1000;
  const late = () => Object.assign(new Error(`no answer within ${seconds} s`), { code: 'ETIMEDOUT' });
  try {
    return await within(connected, { ms: target.connectTimeoutMs, late }, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** What a failed dial is to the one who asked. */
export function explainDial(target: SshTarget, error: unknown): unknown {
  return error instanceof TmError || !(error instanceof Error) ? error : connectFault(target, error, []);
}

function addressesOf(stream: Duplex): Pick<Session, 'addresses'> {
  const { localAddress, remoteAddress } = stream as Partial<Socket>;
  if (localAddress === undefined || remoteAddress === undefined) return {};
  return { addresses: { local: plainAddress(localAddress), remote: plainAddress(remoteAddress) } };
}

// An IPv4 address as an IPv6 socket shows it.
const plainAddress = (address: string): string => address.replace(/^::ffff:/, '');
