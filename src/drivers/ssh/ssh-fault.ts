import { TmError } from '../../model/fault.ts';
import { shortPath } from './expand-path.ts';
import { fingerprint, type HostKeyVerdict, shortType } from './host-key.ts';
import { keyType, knownName } from './known-hosts.ts';
import { type SshTarget, showTarget } from './target.ts';

/** A server that cannot be reached, or was reached and is lost. */
export function unreachable(target: SshTarget, because: string, hint?: string, cause?: unknown): TmError {
  const message = `${target.host} (${showTarget(target)}) ${because}`;
  return new TmError(
    { kind: 'unreachable', what: 'host', host: target.host, message, ...(hint === undefined ? {} : { hint }) },
    cause === undefined ? {} : { cause },
  );
}

/** A refused host key, with both sides' fingerprints and what a person can do about it. */
export function hostKeyFault(
  target: SshTarget,
  key: Buffer,
  verdict: Exclude<HostKeyVerdict, { kind: 'trusted' }>,
  home: string,
): TmError {
  const { host } = target;
  const shown = `${shortType(keyType(key)).toUpperCase()} ${fingerprint(key)}`;
  const fault = (message: string, hint: string) => new TmError({ kind: 'host-key', host, message, hint });
  const who = `the key of ${host} (${showTarget(target)})`;
  switch (verdict.kind) {
    case 'unknown': {
      const authority = verdict.hasAuthority
        ? '; known_hosts names a certificate authority for it, which tm cannot use'
        : '';
      return fault(`${who} is not known: ${shown}${authority}`, howToAdd(target, key, home));
    }
    case 'changed': {
      const { type, key: known, file, line } = verdict.known;
      const before = `${shortType(type).toUpperCase()} ${fingerprint(Buffer.from(known, 'base64'))}`;
      return fault(
        `${who} has changed: ${shortPath(file, home)}:${line} has ${before}, it now shows ${shown}`,
        `somebody may be between you and it; if it was set up anew: ssh-keygen -R '${nameOf(target)}' -f ${shortPath(file, home)}`,
      );
    }
    case 'revoked':
      return fault(
        `${who} is revoked by ${shortPath(verdict.line.file, home)}:${verdict.line.line}: ${shown}`,
        'do not use it',
      );
    case 'other-fingerprint':
      return fault(
        `${who} is not the one that was asked for: it shows ${shown}, the file says ${verdict.expected}`,
        'somebody may be between you and it; if not, correct `host_key` in the file',
      );
  }
}

function howToAdd(target: SshTarget, key: Buffer, home: string): string {
  const { address, port, hostKey, via, proxyCommand, alias } = target;
  const compare = `compare the fingerprint with the one that the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_${shortType(keyType(key))}_key.pub)`;
  if (via !== undefined || proxyCommand !== undefined) return `${compare}, then connect once with: ssh ${alias}`;
  const file = shortPath(hostKey.userFiles[0] ?? `${home}/.ssh/known_hosts`, home);
  return `${compare}, then: ssh-keyscan -p ${port} -t ${shortType(keyType(key))} ${address} >> ${file}`;
}

const nameOf = ({ hostKey, address, port }: SshTarget): string => knownName(hostKey.knownAs ?? address, port);

/** A failed attempt to connect, in words. `tried` are the keys that the server was shown. */
export function connectFault(target: SshTarget, error: Error, tried: readonly string[]): TmError {
  const { level, code } = error as { level?: unknown; code?: unknown };
  const fault = (because: string, hint?: string) => unreachable(target, because, hint, error);
  if (level === 'client-authentication' || /too many authentication failures/i.test(error.message)) {
    const with_ = tried.length === 0 ? 'there was no key to show it' : `it was shown ${tried.join(', ')}`;
    return fault(`let no one in: ${with_}`, `add a public key there: ssh-copy-id ${port22(target)}`);
  }
  switch (code) {
    case 'ECONNREFUSED':
      return fault('refused the connection', 'does its sshd run, and is the port right?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fault('has a name that cannot be resolved', 'is `address` right?');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fault('cannot be reached from this network');
    case 'ETIMEDOUT':
      return fault('did not answer', 'is it switched on, is the address right, does a firewall stand between?');
    default:
      return fault(`could not be connected to: ${error.message}`);
  }
}

const port22 = ({ user, address, port }: SshTarget): string => `${port === 22 ? '' : `-p ${port} `}${user}@${address}`;

/** Whether a failure may be gone when the same is tried again; a refusal of keys will not. */
export function isTransportFault(error: unknown): boolean {
  if (error instanceof TmError) return false;
  const { level, code } = error as { level?: unknown; code?: unknown };
  return level !== 'client-authentication' && code !== 'ENOTFOUND' && code !== 'ETIMEDOUT';
}
