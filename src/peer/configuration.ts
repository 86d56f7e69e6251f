import { inspect } from 'node:util';
import { DELAY_FILE, LOG_LEVELS, type LogLevel } from '../model/wire.ts';
import { PeerError } from './peer-error.ts';
import { parseRedisUrl, type RedisTarget } from './redis-target.ts';

/** All optional: what tm tells a peer stands in the environment. */
export interface PeerOptions {
  /** `redis[s]://[user:password@]host[:port][/database]`; else `REDIS_URL`. */
  readonly redisUrl?: string;
  /** Else `PEER_NAME`. */
  readonly name?: string;
  /** A multiaddr, `/ip4/0.0.0.0/udp/11984/quic-v1`; else `LISTEN_ADDR`. May be missing in a peer that does not listen. */
  readonly listenAddr?: string;
  /** The least grave log level that is sent; else `LOG_LEVEL`, else `info`. */
  readonly logLevel?: LogLevel;
  /** How long the first connection may take, in milliseconds. Default 20,000, well inside tm's startup timeout. */
  readonly connectTimeoutMs?: number;
  /** How long `close()` and `restart()` wait for what is still to be sent, in milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** Log lines kept while Redis is slow or away; more are dropped and counted. Default 50,000, and never over 32 Mi characters. */
  readonly logBufferLines?: number;
  /**
   * The least time between two statuses, in milliseconds. Default 0 under a tm that reads the status stream (it sets `TM_RUN_ID`). Else,
   * and where Redis does not let the client append to that stream, 20: whoever reads the status only after being notified of it sees of
   * two in the same instant the second alone.
   */
  readonly statusGapMs?: number;
  /** The time between two heartbeats, in milliseconds; 0: none. Default 2,000. Without `TM_RUN_ID` nobody listens, and none are sent. */
  readonly heartbeatMs?: number;
  /**
   * Whether the first SIGTERM or SIGINT becomes a `shutdown` command, and the second one ends the process. Default true; false where the
   * program has its own way with signals, or is several peers at once.
   */
  readonly handleSignals?: boolean;
  /** Where `restart()` writes its delay; else `TM_DELAY_FILE`, else `/tmp/delay`. */
  readonly delayFile?: string;
  /** Ends the process; a test gives its own. Default `process.exit`. */
  readonly exit?: (code: number) => void;
  /** Told when Redis is lost, found again, or refuses something. Default: a line on stderr, which tm keeps with the container's output. */
  readonly onNotice?: (text: string) => void;
}

const DEFAULTS = {
  connectTimeoutMs: 20_000,
  closeTimeoutMs: 5_000,
  logBufferLines: 50_000,
  heartbeatMs: 2_000,
} as const;
/** Milliseconds after which a status that was only SET has been read, but on a very busy machine. */
const SET_GAP_MS = 20;
/** What a timer can hold. */
export const LONGEST_MS = 2 ** 31 - 1;

/** What the client works with, all decided. */
export interface PeerConfiguration extends Required<Omit<PeerOptions, 'redisUrl' | 'statusGapMs' | 'listenAddr'>> {
  readonly redis: RedisTarget;
  readonly listenAddr: string | undefined;
  /** With a status stream, and without. */
  readonly statusGapMs: { readonly streamed: number; readonly setOnly: number };
}

const toStderr = (text: string) => void process.stderr.write(`the-mule: ${text}\n`);

/** Keeps what `tell` throws from ending the client's work, in the middle of which it is called. */
function guarded(tell: (text: string) => void): (text: string) => void {
  return (text) => {
    try {
      tell(text);
    } catch (error) {
      toStderr(`${text}\nonNotice failed with that: ${inspect(error)}`);
    }
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Options over environment over defaults. Throws a `PeerError` (`configuration`) that lists everything that is wrong. */
export function readConfiguration(options: PeerOptions, environment: Environment): PeerConfiguration {
  const problems: string[] = [];
  const need = (variable: string, option: string | undefined, meaning: string): string => {
    const value = option ?? environment[variable];
    if (value === undefined || value === '') problems.push(`${variable} is not set: ${meaning}`);
    return value ?? '';
  };
  const amount = (option: keyof typeof DEFAULTS | 'statusGapMs', otherwise: number): number => {
    const value = options[option] ?? otherwise;
    if (!(value >= 0 && value <= LONGEST_MS)) problems.push(`the option ${option} is ${value}; expected 0 or more`);
    return value;
  };

  const url = need(
    'REDIS_URL',
    options.redisUrl,
    'the Redis of the test, redis://[user:password@]host[:port][/database]',
  );
  const redis = url === '' ? undefined : parseRedisUrl(url);
  if (typeof redis === 'string') problems.push(`REDIS_URL ${redis}`);

  const name = need('PEER_NAME', options.name, 'the name of this peer in the test');
  const listenAddr = options.listenAddr ?? (environment['LISTEN_ADDR'] || undefined);
  if (listenAddr !== undefined && !listenAddr.startsWith('/')) {
    problems.push(`LISTEN_ADDR is "${listenAddr}"; expected a multiaddr like /ip4/0.0.0.0/udp/11984/quic-v1`);
  }

  const level = (options.logLevel ?? (environment['LOG_LEVEL'] || 'info')).toLowerCase();
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined) problems.push(`LOG_LEVEL is "${level}"; expected one of ${LOG_LEVELS.join(', ')}`);

  const underTm = Boolean(environment['TM_RUN_ID']);
  const amounts = {
    connectTimeoutMs: amount('connectTimeoutMs', DEFAULTS.connectTimeoutMs),
    closeTimeoutMs: amount('closeTimeoutMs', DEFAULTS.closeTimeoutMs),
    logBufferLines: amount('logBufferLines', DEFAULTS.logBufferLines),
    heartbeatMs: amount('heartbeatMs', DEFAULTS.heartbeatMs),
    setOnly: amount('statusGapMs', SET_GAP_MS),
  };

  if (problems.length > 0 || typeof redis !== 'object' || logLevel === undefined) {
    const list = problems.map((problem) => `\n  ${problem}`).join('');
    throw new PeerError('configuration', `this program cannot run as a peer of a test:${list}`);
  }
  const { setOnly, ...times } = amounts;
  return {
    redis,
    name,
    listenAddr,
    logLevel,
    ...times,
    heartbeatMs: underTm ? times.heartbeatMs : 0,
    statusGapMs: { streamed: options.statusGapMs ?? (underTm ? 0 : SET_GAP_MS), setOnly },
    handleSignals: options.handleSignals ?? true,
    delayFile: options.delayFile ?? (environment['TM_DELAY_FILE'] || DELAY_FILE),
    exit: options.exit ?? ((code) => process.exit(code)),
    onNotice: options.onNotice === undefined ? toStderr : guarded(options.onNotice),
  };
}
