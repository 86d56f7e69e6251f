import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { PrivateRedis } from '../../test/peer/private-redis.ts';
import type { Subject } from './subjects.ts';

const NAME = 'alice';
/** Nothing that is measured takes so long, on however busy a machine. */
const PATIENCE_MS = 120_000;
/** What is shown of a peer that broke. */
const STDERR_CHARACTERS = 4_000;
/** Of the counters in /proc. */
const MS_PER_TICK = 10;

/** A subject that runs against a Redis, as tm would start it; driven and looked at through Redis and /proc alone. */
export class DrivenPeer {
  readonly #subject: Subject;
  readonly #child: ChildProcess;
  readonly #redis: Redis;
  #stderr = '';

  private constructor(subject: Subject, child: ChildProcess, redis: Redis) {
    this.#subject = subject;
    this.#child = child;
    this.#redis = redis;
    child.stderr?.on('data', (data: Buffer) => {
      // Some also write their log lines there.
      this.#stderr = (this.#stderr + data.toString()).slice(-STDERR_CHARACTERS);
    });
  }

  /** Starts it with none of its keys there. `startMs` is the time to its first status. */
  static async start(
    subject: Subject,
    redis: PrivateRedis,
  ): Promise<{ readonly peer: DrivenPeer; readonly startMs: number }> {
    await redis.admin.flushall();
    const [program, ...args] = subject.command;
    const began = performance.now();
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        REDIS_URL: redis.url(),
        PEER_NAME: NAME,
        // Any port that is free.
        LISTEN_ADDR: '/ip4/127.0.0.1/udp/0/quic-v1',
        HOST_ADDR: '127.0.0.1',
        HOST_NAME: 'here',
        TM_RUN_ID: 'bench',
      },
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const peer = new DrivenPeer(subject, child, redis.admin);
    await peer.standing((status) => status.startsWith('started'));
    return { peer, startMs: performance.now() - began };
  }

  /** Puts a command into its queue. */
  async tell(command: string): Promise<void> {
    await this.#redis.rpush(`${NAME}_command`, command);
  }

  /** Resolves when its status is such a one, asked every millisecond. */
  async standing(wanted: (status: string) => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!wanted((await this.#redis.get(`${NAME}_status`)) ?? '')) {
      if (this.#child.exitCode !== null) throw this.#broken(`ended with ${this.#child.exitCode}`);
      if (performance.now() > deadline) throw this.#broken('did not report what it was told to');
      await sleep(1);
    }
  }

  /** Gives a function that resolves with the next status in its stream, at once when it is there. */
  async follow(): Promise<{ next(): Promise<string>; close(): void }> {
    const reader = this.#redis.duplicate();
    let id = (await reader.xrevrange(`${NAME}_statuses`, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0';
    return {
      next: async () => {
        const answer = await reader.xread('COUNT', 1, 'BLOCK', PATIENCE_MS, 'STREAMS', `${NAME}_statuses`, id);
        const entry = answer?.[0]?.[1][0];
        if (entry === undefined) throw this.#broken('reported nothing');
        id = entry[0];
        return entry[1][entry[1].indexOf('status') + 1] ?? '';
      },
      close: () => reader.disconnect(),
    };
  }

  /** Its log, oldest first; the list is empty afterwards. */
  async takeLog(): Promise<readonly string[]> {
    const [[, lines] = []] = (await this.#redis.multi().lrange(`${NAME}_log`, 0, -1).del(`${NAME}_log`).exec()) ?? [];
    return (lines as string[]).reverse();
  }

  /** Processor time of all its threads so far, in milliseconds. */
  async cpuMs(): Promise<number> {
    const text = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8');
    // Behind the name, which may hold anything; utime and stime are the 14th and 15th field.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }

  /** MB of memory that it holds now (`VmRSS`), or has held at most (`VmHWM`). */
  async memoryMb(which: 'VmRSS' | 'VmHWM'): Promise<number> {
    const text = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return (Number(new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  }

  /** Shuts it down. Throws where that does not go as it should, so that no number is one of a broken run. */
  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) });
    await this.tell('shutdown');
    const [code] = (await exited) as [number | null];
    const status = await this.#redis.get(`${NAME}_status`);
    if (code !== 0 || status !== 'stopped') throw this.#broken(`ended with ${code} after "${status}"`);
  }

  #broken(what: string): Error {
    return new Error(`the ${this.#subject.name} peer ${what}\n${this.#stderr}`);
  }
}
