import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RESTART_EXIT_CODE } from '../model/wire.ts';
import { type PeerCommand, parseCommand } from './command.ts';
import { LONGEST_MS, type PeerConfiguration, type PeerOptions, readConfiguration } from './configuration.ts';
import { Connection } from './connection.ts';
import { writeDelay } from './delay.ts';
import { Heartbeat } from './heartbeat.ts';
import { Inbox } from './inbox.ts';
import { createLog, type PeerLog } from './log.ts';
import { Outbox } from './outbox.ts';
import { PeerError } from './peer-error.ts';
import { LOG_BUFFER_CHARACTERS } from './report-queue.ts';
import { onFirstSignal } from './signals.ts';

export type { LogLevel } from '../model/wire.ts';
export type { PeerCommand, PeerLog, PeerOptions };
export { PeerError };

/**
 * A peer's line to `tm`: commands come in, statuses and log lines go out. Both connections are made again for ever when they are lost;
 * statuses and lines wait meanwhile.
 */
export interface PeerClient extends AsyncIterable<PeerCommand>, AsyncDisposable {
  /** This peer's name in the test (`PEER_NAME`). */
  readonly name: string;
  /** Where it is to listen, as a multiaddr (`LISTEN_ADDR`). Throws `PeerError` `configuration` where nobody has said. */
  readonly listenAddr: string;
  /** Asynchronous and in order; lines beyond the buffer are counted, and the count is logged where they are missing. */
  readonly log: PeerLog;
  /**
   * The commands of the timeline. One is taken from Redis each time the loop asks, so that those behind it survive a restart. Ends when the
   * client is closed; read it in one loop at a time. The first SIGTERM or SIGINT comes as a `shutdown` before all that is still in Redis.
   */
  [Symbol.asyncIterator](): AsyncIterator<PeerCommand, void, undefined>;
  /**
   * Sets the status: `started`, `connecting`, `connected`, `disconnecting`, `disconnected`, `stopped`, or any word without `|`; `detail` is
   * what follows it (the multiaddr, with `started`). Resolves when Redis has it, and all that was logged before.
   */
  sendStatus(word: string, detail?: string): Promise<void>;
  /** Resolves true when all that was logged and reported so far is in Redis, false when that took longer than `timeoutMs`. */
  flush(timeoutMs?: number): Promise<boolean>;
  /**
   * Restarts by the protocol: leaves the delay (rounded up to whole seconds) for the entrypoint, reports `restarting`, flushes, and exits
   * with 42. Throws, and the client goes on, where the delay cannot be written.
   */
  restart(delaySeconds: number): Promise<void>;
  /** Flushes, within `closeTimeoutMs`, and hangs up. Gives the number of lines and statuses that could not be sent. */
  close(): Promise<number>;
}

/**
 * Connects as the peer that the environment names (`REDIS_URL`, `PEER_NAME`, `LISTEN_ADDR`, `LOG_LEVEL`); options win over it. Throws
 * `PeerError`: `configuration`, `unreachable`, `refused`.
 */
export async function connectPeer(options: PeerOptions = {}): Promise<PeerClient> {
  const configuration = readConfiguration(options, process.env);
  const { redis, name, connectTimeoutMs, onNotice } = configuration;
  const place = `${redis.host}:${redis.port}`;
  const watch = (purpose: string, restored: () => void) => ({
    lost: (because: string) => onNotice(`lost Redis at ${place} (${purpose}): ${because}; connecting again`),
    restored: () => {
      onNotice(`connected to Redis at ${place} again (${purpose})`);
      restored();
    },
  });
  // CLIENT SETNAME takes no spaces; the random part tells this process from one of the same name before it.
  const clientName = `peer:${name.replace(/[^!-~]/g, '_')}:${randomBytes(6).toString('hex')}`;

  let outbox: Outbox | undefined;
  const began = performance.now();
  const reports = await Connection.open(
    redis,
    `${clientName}:reports`,
    connectTimeoutMs,
    watch('reports', () => outbox?.restored()),
  );
  try {
    const left = connectTimeoutMs - (performance.now() - began);
    const commands = await Connection.open(
      redis,
      clientName,
      left,
      watch('commands', () => {}),
    );
    outbox = new Outbox(reports, name, {
      limits: { lines: configuration.logBufferLines, characters: LOG_BUFFER_CHARACTERS },
      identity: randomBytes(6).toString('hex'),
      statusGapMs: configuration.statusGapMs,
      notice: onNotice,
    });
    const inbox = new Inbox(commands, reports, { peer: name, clientName, notice: onNotice });
    return new RedisPeerClient(configuration, { reports, commands, outbox, inbox });
  } catch (error) {
    reports.close();
    throw error;
  }
}

/** What a client is made of. */
interface Parts {
  readonly reports: Connection;
  readonly commands: Connection;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
}

class RedisPeerClient implements PeerClient {
  readonly name: string;
  readonly log: PeerLog;
  readonly #configuration: PeerConfiguration;
  readonly #parts: Parts;
  readonly #heartbeat: Heartbeat;
  readonly #ignoreSignals: () => void;
  #closing: Promise<number> | undefined;

  constructor(configuration: PeerConfiguration, parts: Parts) {
    this.name = configuration.name;
    this.log = createLog(configuration.logLevel, (line) => parts.outbox.line(line));
    this.#configuration = configuration;
    this.#parts = parts;
    this.#heartbeat = new Heartbeat(parts.reports, configuration.name, configuration.heartbeatMs);
    this.#ignoreSignals = configuration.handleSignals ? onFirstSignal(() => parts.inbox.askToShutDown()) : () => {};
  }

  get listenAddr(): string {
    const { listenAddr } = this.#configuration;
    if (listenAddr !== undefined) return listenAddr;
    const text = 'LISTEN_ADDR is not set: where this peer is to listen, like /ip4/0.0.0.0/udp/11984/quic-v1';
    throw new PeerError('configuration', text);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PeerCommand, void, undefined> {
    for (;;) {
      const raw = await this.#parts.inbox.take();
      if (raw === undefined) return;
      yield parseCommand(raw);
    }
  }

  async sendStatus(word: string, detail?: string): Promise<void> {
    if (word === '' || word.includes('|')) throw new TypeError(`a status is a word without "|", not "${word}"`);
    await this.#parts.outbox.status(detail === undefined ? word : `${word}|${detail}`);
    this.#heartbeat.start();
  }

  async flush(timeoutMs: number = this.#configuration.closeTimeoutMs): Promise<boolean> {
    const timer = new AbortController();
    const late = pause(Math.min(timeoutMs, LONGEST_MS), false, { signal: timer.signal }).catch(() => false);
    const flushed = this.#parts.outbox.flushed().then(
      () => true,
      () => false,
    );
    const outcome = await Promise.race([flushed, late]);
    timer.abort();
    return outcome;
  }

  async restart(delaySeconds: number): Promise<void> {
    // First, because it is what can fail: a peer that cannot leave its delay has not stopped being there.
    await writeDelay(this.#configuration.delayFile, delaySeconds);
    this.sendStatus('restarting').catch((error: unknown) => this.#configuration.onNotice(String(error)));
    await this.close();
    this.#configuration.exit(RESTART_EXIT_CODE);
  }

  close(): Promise<number> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<number> {
    const { reports, commands, outbox, inbox } = this.#parts;
    this.#heartbeat.stop();
    await Promise.all([inbox.stop(this.#configuration.closeTimeoutMs), this.flush()]);
    const unsent = outbox.close();
    commands.close();
    reports.close();
    this.#ignoreSignals();
    if (unsent > 0) this.#configuration.onNotice(`${unsent} log lines and statuses could not be sent`);
    return unsent;
  }
}
