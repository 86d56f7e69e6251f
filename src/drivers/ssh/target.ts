import type { HostName } from '../../model/names.ts';
import type { ConnectionSpec } from '../../model/spec.ts';

type SshSpec = Extract<ConnectionSpec, { kind: 'ssh' }>;

/** Everything that decides how one SSH server is reached and trusted; made from the YAML and `~/.ssh/config`. */
export interface SshTarget {
  /** The host entry that it is for, in faults; a jump host carries that of the host behind it. */
  readonly host: HostName;
  /** As written. */
  readonly alias: string;
  /** Name or address to connect to. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: HostKeyPolicy;
  readonly keys: KeyPolicy;
  readonly connectTimeoutMs: number;
  /** The server that the connection goes through, if any. */
  readonly via?: SshTarget;
  /** The command whose stdin and stdout are the connection, if any. */
  readonly proxyCommand?: string;
}

export interface HostKeyPolicy {
  /** `ask`: on a terminal, else as `strict`. */
  readonly unknown: 'strict' | 'ask' | 'accept-new';
  /** SHA-256 fingerprint that alone is accepted; known_hosts is then not asked. */
  readonly fingerprint?: string;
  /** Name that known_hosts knows it by, where that is not its address. */
  readonly knownAs?: string;
  /** The first is where new keys go. */
  readonly userFiles: readonly string[];
  readonly globalFiles: readonly string[];
  /** Names are hashed in what is written. */
  readonly hashNames: boolean;
}

export interface KeyPolicy {
  /** Socket of the agent. */
  readonly agent?: string;
  /** Only those keys of the agent that are also in `files` may be used. */
  readonly onlyFiles: boolean;
  readonly files: readonly KeyFile[];
  /** What the YAML asked for, for messages. */
  readonly asked?: SshSpec['auth'];
}

export interface KeyFile {
  readonly path: string;
  /** Somebody named it: it is a fault when it cannot be read. */
  readonly isNamed: boolean;
}

/** `deploy@10.0.0.5:2222`, the port only where it is not 22. */
export const showTarget = ({ user, address, port }: Pick<SshTarget, 'user' | 'address' | 'port'>): string =>
  `${user}@${address.includes(':') && port !== 22 ? `[${address}]` : address}${port === 22 ? '' : `:${port}`}`;
