import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { must, quote } from '../finding.ts';
import { asksForCommand } from './link.ts';
import type { Exit, PeerProcess } from './peer-process.ts';
import type { RedisProxy } from './proxy.ts';
import type { RedisServer } from './redis-server.ts';
import { type TakenCommand, takenCommands } from './taken-commands.ts';
import { type StatusWrite, statusWrites } from './traffic.ts';
import { until } from './until.ts';

/** What becomes of a process's last words, in milliseconds after its end. */
const AFTERGLOW_MS = 300;
const NEWEST_LINES = 500;

export interface PeerParts {
  readonly name: string;
  /** Of the multiaddr in LISTEN_ADDR. */
  readonly udpPort: number;
  readonly delayFile: string;
  readonly server: RedisServer;
  /** In the peer's database. */
  readonly redis: Redis;
  readonly proxy: RedisProxy;
  readonly process: PeerProcess;
  readonly patienceMs: number;
}

/** The peer under test with its Redis, as a check sees it. What is waited for and does not come ends the check with `Unmet`. */
export class Peer {
  readonly name: string;
  readonly udpPort: number;
  readonly delayFile: string;
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly proxy: RedisProxy;
  readonly process: PeerProcess;
  readonly patienceMs: number;

  constructor(parts: PeerParts) {
    this.name = parts.name;
    this.udpPort = parts.udpPort;
    this.delayFile = parts.delayFile;
    this.server = parts.server;
    this.redis = parts.redis;
    this.proxy = parts.proxy;
    this.process = parts.process;
    this.patienceMs = parts.patienceMs;
  }

  /** Puts commands into its queue, all at once. */
  async send(...commands: readonly string[]): Promise<void> {
    await this.redis.rpush(`${this.name}_command`, ...commands);
  }

  /** The commands that are still in Redis. */
  async queue(): Promise<readonly string[]> {
    return this.redis.lrange(`${this.name}_command`, 0, -1);
  }

  /** Its log as tm would drain it, oldest first. */
  async lines(): Promise<readonly string[]> {
    return (await this.redis.lrange(`${this.name}_log`, 0, -1)).reverse();
  }

  /** The newest lines, oldest first: all that it takes to wait for one, where there may be thousands. */
  async newestLines(): Promise<readonly string[]> {
    return (await this.redis.lrange(`${this.name}_log`, 0, NEWEST_LINES - 1)).reverse();
  }

  /** The statuses that it wrote so far, without those that it only put back. */
  get statuses(): readonly StatusWrite[] {
    return statusWrites(this.proxy.requests, this.name).filter(({ onlyIfNone }) => !onlyIfNone);
  }

  /** Their texts. */
  get statusTexts(): readonly string[] {
    return this.statuses.map(({ text }) => text);
  }

  /** The commands that it took out of Redis, in order. */
  get takings(): readonly TakenCommand[] {
    return takenCommands(this.proxy.requests, this.name);
  }

  /** Their texts. */
  get taken(): readonly string[] {
    return this.takings.map(({ text }) => text);
  }

  /** How many times it reported `started`. */
  get starts(): number {
    return this.statusTexts.filter((text) => /^started(\||$)/.test(text)).length;
  }

  /** How many times it has asked for a command. */
  get asked(): number {
    return this.proxy.requests.filter(asksForCommand).length;
  }

  /** Waits until `what` holds. Gives up early where the process has ended for good; `saw` says how things stand instead. */
  async until(
    expected: string,
    what: () => boolean | Promise<boolean>,
    saw?: () => string | Promise<string>,
  ): Promise<void> {
    let met = false;
    const look = async () => {
      met = await what();
      return met || this.process.over;
    };
    await until(look, this.patienceMs);
    if (!met && this.process.over) {
      await pause(AFTERGLOW_MS);
      met = await what();
    }
    if (met) return;
    const instead = saw === undefined ? await this.#standing() : await saw();
    must(false, expected, `${instead}${this.process.over ? `; ${this.process.state}` : ''}`);
  }

  /** Waits for `started`, the first one or the one after the given number of restarts. */
  async started(restarts = 0): Promise<void> {
    const expected = restarts === 0 ? '`started` as a status' : '`started` again after the restart';
    await this.until(expected, () => this.starts > restarts);
  }

  /** Waits until it has written the status, at some time. */
  async reported(status: string): Promise<void> {
    await this.until(`the status \`${status}\``, () => this.statusTexts.includes(status));
  }

  /** Waits until it has taken all that is in its queue. */
  async tookAll(): Promise<void> {
    const saw = async () => `still in Redis: ${quote(await this.queue())}`;
    await this.until('all commands taken', async () => (await this.queue()).length === 0, saw);
  }

  /** Sends commands to a peer that waits for one, and waits until it has done them all: it has asked for another one. */
  async obeyed(what: string, ...commands: readonly string[]): Promise<void> {
    await this.waits();
    const before = this.asked;
    await this.send(...commands);
    const saw = () => `${this.asked - before} of ${commands.length} commands done`;
    await this.until(what, () => this.asked >= before + commands.length, saw);
  }

  /** Waits until it waits for a command. */
  async waits(): Promise<void> {
    await this.until('the peer to wait for a command (BLPOP)', () => this.proxy.waiting !== undefined);
  }

  /** Waits until the line is in its log. */
  async logged(line: string): Promise<void> {
    const saw = async () => `the last lines are ${quote((await this.newestLines()).slice(-3))}`;
    await this.until(`the log line ${quote(line)}`, async () => (await this.newestLines()).includes(line), saw);
  }

  /** Waits for the end of the process, and gives how it ended. `withinMs`: else the patience of the suite. */
  async ended(why: string, withinMs = this.patienceMs): Promise<Exit> {
    await until(() => this.process.over, withinMs);
    const exit = this.process.exits.at(-1);
    must(
      this.process.over && exit !== undefined,
      `the process to end ${why}`,
      `${await this.#standing()}; it is running after ${withinMs / 1000} s`,
    );
    return exit;
  }

  async #standing(): Promise<string> {
    const queue = await this.queue().catch(() => []);
    const statuses = this.statusTexts;
    const last = statuses.length === 0 ? 'no status' : `the statuses ${quote(statuses.slice(-4))}`;
    return queue.length === 0 ? last : `${last}, and in its queue ${quote(queue.slice(0, 3))}`;
  }
}
