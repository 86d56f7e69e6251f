/**
 * The wire between `tm` and its peers, in one place: the Redis keys and the words in them.
 * Source: the protocol of the Rust tool, which peers written for it speak unchanged (docs/protocol.md).
 */

/** List that tm RPUSHes commands to and the peer BLPOPs: a queue, oldest first. */
export const commandKey = (peer: string): string => `${peer}_command`;
/** String that the peer SETs to its status. */
export const statusKey = (peer: string): string => `${peer}_status`;
/** Stream to which our client libraries also append each status, so that none hides behind the next one. No peer's other key can be named so. */
export const statusStreamKey = (peer: string): string => `${peer}_statuses`;
/** Entries that are kept in such a stream, about: `XADD … MAXLEN ~ 1000`. */
export const STATUS_STREAM_LENGTH = 1_000;
/** String that our client libraries SET to another value every few seconds, so that a peer that hangs is told from one that is quiet. */
export const heartbeatKey = (peer: string): string => `${peer}_heartbeat`;
/** List that the peer LPUSHes `level|message` to; the oldest line is at the right end. */
export const logKey = (peer: string): string => `${peer}_log`;
/** All keys of a peer. */
export const peerKeys = (peer: string): readonly string[] =>
  [commandKey, statusKey, statusStreamKey, heartbeatKey, logKey].map((key) => key(peer));
/** The keyspace notification channel of a key in a numbered database. */
export const keyspaceChannel = (database: number, key: string): string => `__keyspace@${database}__:${key}`;

/** Exit code by which a peer asks to be started again after the delay it wrote to `DELAY_FILE`. */
export const RESTART_EXIT_CODE = 42;
/** Where a restarting peer writes its delay, in whole seconds. */
export const DELAY_FILE = '/tmp/delay';

/** The environment that tm gives each peer; nothing in a config overrides these. */
export const SYSTEM_ENVIRONMENT = [
  'REDIS_URL',
  'PEER_NAME',
  'LISTEN_ADDR',
  'HOST_NAME',
  'HOST_ADDR',
  'TM_RUN_ID',
] as const;

/** A status as SET by a peer: its word, and what follows the first `|` (the multiaddr behind `started`). */
export interface Status {
  readonly word: string;
  readonly detail?: string;
}

/** Splits `started|/ip4/…` into its word and detail. */
export function parseStatus(text: string): Status {
  const bar = text.indexOf('|');
  return bar < 0 ? { word: text } : { word: text.slice(0, bar), detail: text.slice(bar + 1) };
}

/** An entry of a status stream. */
export interface StatusEntry {
  /** As it is SET. */
  readonly status: string;
  /** The peer's wall time in milliseconds since 1970. */
  readonly at?: number;
  /** The same for an entry that was appended again because nobody knew whether it had been; no two reports have the same. */
  readonly report?: string;
}

/** The fields and values of an entry, as XADD takes them. */
export function formatStatusEntry({ status, at, report }: StatusEntry): readonly string[] {
  const time = at === undefined ? [] : ['at', String(at)];
  return ['status', status, ...time, ...(report === undefined ? [] : ['report', report])];
}

/** Reads fields and values in turn; undefined without a status. Fields that are not known are left alone. */
export function parseStatusEntry(fields: readonly string[]): StatusEntry | undefined {
  const given = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) given.set(fields[i]!, fields[i + 1]!);
  const status = given.get('status');
  if (status === undefined) return undefined;
  const at = Number(given.get('at') || Number.NaN);
  const report = given.get('report');
  return { status, ...(Number.isFinite(at) ? { at } : {}), ...(report === undefined ? {} : { report }) };
}

/** A peer's sign of life. */
export interface Heartbeat {
  /** The peer's wall time in milliseconds since 1970; no two in a row have the same. */
  readonly at: number;
  /** Milliseconds until the next one, at the latest. */
  readonly intervalMs: number;
}

/** `<at>|<interval>`, as it is SET. */
export const formatHeartbeat = ({ at, intervalMs }: Heartbeat): string => `${at}|${intervalMs}`;

/** The last millisecond that a calendar knows. */
const LATEST_TIME = 8_640_000_000_000_000;

/** Reads `<at>|<interval>`, whole milliseconds both; undefined for what is none, such as somebody else's value. */
export function parseHeartbeat(text: string): Heartbeat | undefined {
  const [, at, interval] = /^(\d{1,16})\|(\d{1,9})$/.exec(text) ?? [];
  const heartbeat = { at: Number(at), intervalMs: Number(interval) };
  return heartbeat.at <= LATEST_TIME && heartbeat.intervalMs > 0 ? heartbeat : undefined;
}

/** How a peer ranks a log line. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';
/** From the gravest to the least. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const satisfies readonly LogLevel[];

/** Splits `level|message`; a level that is none of ours counts as trace, and a line without `|` is all message. */
export function parseLogLine(text: string): { readonly level: LogLevel; readonly message: string } {
  const bar = text.indexOf('|');
  if (bar < 0) return { level: 'trace', message: text };
  const word = text.slice(0, bar);
  const level = LOG_LEVELS.find((known) => known === word) ?? 'trace';
  return { level, message: text.slice(bar + 1) };
}

/** Where a peer listens, as LISTEN_ADDR says it. `port` is a UDP port. */
export const listenAddress = (port: number): string => `/ip4/0.0.0.0/udp/${port}/quic-v1`;
/** Tells a peer the address of another: the bootstrap command. */
export const peerCommand = (multiaddr: string): string => `peer|${multiaddr}`;
export const SHUTDOWN_COMMAND = 'shutdown';

/** Seconds of a `restart|<seconds>` command, 0 where none are readable; undefined for any other command. */
export function restartDelay(command: string): number | undefined {
  if (command !== 'restart' && !command.startsWith('restart|')) return undefined;
  const seconds = Number(command.slice('restart|'.length));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}
