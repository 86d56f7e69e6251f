/** A test as its file says it: validated, defaults filled in, nothing placed yet. Every duration says its unit. */
import type { CommandWait, Expectation } from './expectation.ts';
import type { HostName, ImageRef, PeerName, TestName } from './names.ts';
import type { LogLevel } from './wire.ts';

export interface Spec {
  readonly test: TestName;
  /** Absolute path of the config file. */
  readonly file: string;
  readonly timeouts: { readonly startupSeconds: number; readonly shutdownSeconds: number };
  readonly redis: RedisSpec;
  /** Images to fetch on the control machine before the test. */
  readonly images: readonly ImageRef[];
  readonly removeImages: boolean;
  readonly hosts: readonly HostSpec[];
  readonly peers: readonly PeerSpec[];
  /** In the order of the timeline: stable-sorted by time, one that waits behind what it waits for. Repetitions are written out. */
  readonly commands: readonly CommandSpec[];
  /** Those of `expect`, then those written at commands, in the order of the timeline. */
  readonly expectations: readonly Expectation[];
  /** The values of `vars` as this run has them, as text; of those that are named like secrets `[redacted]`. */
  readonly vars: Readonly<Record<string, string>>;
  readonly logLevel: LogLevel;
}

/** The Redis that tm manages; `--redis-url` replaces all of it. */
export interface RedisSpec {
  readonly runtime: { readonly kind: 'docker'; readonly image: ImageRef } | { readonly kind: 'process' };
  /** TCP port on the control machine. */
  readonly port: number;
  /** The address that peers are told instead of the one that tm finds; `host` or `host:port`. */
  readonly advertise?: string;
  readonly auth: 'generated' | 'none';
}

export interface HostSpec {
  readonly name: HostName;
  /** As written: a name, an address, or an alias of `~/.ssh/config`. */
  readonly address: string;
  readonly connection: ConnectionSpec;
  readonly runtime: { readonly kind: 'docker'; readonly dockerHost?: string } | { readonly kind: 'process' };
  /** First UDP port for its peers. */
  readonly basePort: number;
  readonly tags: readonly string[];
}

export type ConnectionSpec =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'ssh';
      /** Missing: from `~/.ssh/config`, else the local user. */
      readonly user?: string;
      /** Missing: from `~/.ssh/config`, else 22. */
      readonly port?: number;
      /** Missing: IdentityFile of `~/.ssh/config`, the agent, the usual key files. */
      readonly auth?: { readonly kind: 'agent' } | { readonly kind: 'key'; readonly path: string };
      /** Missing: StrictHostKeyChecking of `~/.ssh/config`, else strict. */
      readonly hostKey?:
        | { readonly kind: 'strict' }
        | { readonly kind: 'accept-new' }
        | { readonly kind: 'fingerprint'; readonly sha256: string };
    };

export interface PeerSpec {
  readonly name: PeerName;
  /** Needed where the peer is placed on a Docker host (checked by compile). */
  readonly image?: ImageRef;
  readonly bootstrap: readonly PeerName[];
  /** `peer_environment` and the peer's own, merged; the system's variables already left out. */
  readonly environment: Readonly<Record<string, string>>;
  /** Tags that its host must all have; sorted, unique. */
  readonly runsOn: readonly string[];
  /** Arguments of the container; for a process, the program and its arguments. */
  readonly command?: readonly string[];
  readonly ports: readonly PortSpec[];
  readonly volumes: readonly VolumeSpec[];
  readonly memoryBytes?: number;
  readonly cpus?: number;
}

/** A port published on the host besides the peer's own UDP port. */
export interface PortSpec {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface VolumeSpec {
  /** Absolute path on the host (`~/` expanded there), or the name of a volume. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface CommandSpec {
  /** Offset from the start of the timeline, in milliseconds; the earliest one for a command that waits. */
  readonly atMs: number;
  /** What it waits for in place of its time; commands are meant by their position in the spec. */
  readonly waits?: CommandWait;
  /** Its own name, where the file gives one. */
  readonly id?: string;
  readonly peer: PeerName;
  readonly command: string;
  /** Line in the config file, for messages. */
  readonly line: number;
}
