import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { atExit } from './at-exit.ts';
import { freeTcpPort } from './free-port.ts';
import { until } from './until.ts';

const PORTS_TO_TRY = 3;
const UP_WITHIN_MS = 20_000;
/** Of the user that the suite itself is. */
const ADMIN = { username: 'conformance', password: 'conformance' };

/** A Redis of one check's own on a loopback port, empty and without persistence. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  /** The suite's own connection, to database 0. */
  readonly admin: Redis;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, admin: Redis) {
    this.#child = child;
    this.port = port;
    this.admin = admin;
  }

  /** `settings` are lines of a redis.conf. Throws, and says what to install, where there is no redis-server. */
  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    for (let left = PORTS_TO_TRY; ; left--) {
      const port = await freeTcpPort();
      const child = await run(port, settings);
      const admin = new Redis({
        port,
        host: '127.0.0.1',
        ...ADMIN,
        retryStrategy: () => 20,
        maxRetriesPerRequest: null,
      });
      admin.on('error', () => {});
      const up = await until(() => admin.status === 'ready' || child.exitCode !== null, UP_WITHIN_MS);
      if (up && child.exitCode === null) return new RedisServer(child, port, admin);
      admin.disconnect();
      child.kill('SIGKILL');
      if (left <= 1) throw new Error(`redis-server does not come up on port ${port}: try redis-server --port ${port}`);
    }
  }

  /** Ends the connection on which a client waits for a command, as both sides notice. */
  async killWaiting(): Promise<void> {
    const list = String(await this.admin.client('LIST'));
    for (const client of list.split('\n').filter((line) => / flags=[^ ]*b/.test(line))) {
      const id = /^id=(\d+)/.exec(client)?.[1];
      if (id !== undefined) await this.admin.client('KILL', 'ID', Number(id));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.admin.disconnect();
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

async function run(port: number, settings: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const release = atExit(() => child.kill('SIGKILL'));
  for (const ending of ['exit', 'error']) child.once(ending, release);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const advice = 'the suite needs a real Redis, for instance: apt-get install --no-install-recommends redis-server';
      reject(new Error(`redis-server cannot be started: ${advice}`, { cause }));
    });
  });
  child.stdin.on('error', () => {});
  child.stdin.end(
    [
      `port ${port}`,
      'bind 127.0.0.1',
      'save ""',
      'appendonly no',
      `user ${ADMIN.username} on >${ADMIN.password} ~* &* +@all`,
      ...settings,
      '',
    ].join('\n'),
  );
  return child;
}
