import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis of a test's own on a loopback port, empty and without persistence. */
export class PrivateRedis implements AsyncDisposable {
  readonly port: number;
  readonly #password: string | undefined;
  #child: ChildProcess | undefined;
  #admin: Redis | undefined;

  private constructor(port: number, password: string | undefined) {
    this.port = port;
    this.#password = password;
  }

  /** Throws, and says what to install, where there is no redis-server. */
  static async start(password?: string): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await freePort(), password);
    await redis.up();
    return redis;
  }

  /** As a peer finds it in REDIS_URL. */
  url(database?: number): string {
    const login = this.#password === undefined ? '' : `default:${encodeURIComponent(this.#password)}@`;
    return `redis://${login}127.0.0.1:${this.port}${database === undefined ? '' : `/${database}`}`;
  }

  /** The test's own connection to it. */
  get admin(): Redis {
    if (this.#admin === undefined) throw new Error('this Redis is down');
    return this.#admin;
  }

  /** Starts it (again), and resolves when it answers. */
  async up(): Promise<void> {
    const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', () => {});
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        const advice = 'these tests need a real Redis: apt-get install --no-install-recommends redis-server';
        reject(new Error(`redis-server cannot be started: ${advice}`, { cause }));
      });
    });
    // The configuration goes through stdin, where `ps` does not show the password.
    child.stdin?.end(
      [
        `port ${this.port}`,
        'bind 127.0.0.1',
        'save ""',
        'appendonly no',
        this.#password && `requirepass "${this.#password}"`,
      ]
        .filter(Boolean)
        .join('\n'),
    );
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    this.#child = child;
    this.#admin = new Redis(this.url(), { retryStrategy: () => 20, maxRetriesPerRequest: 250 });
    this.#admin.on('error', () => {});
    await this.#admin.ping();
  }

  /** Ends it at once, with all it holds. */
  async down(): Promise<void> {
    this.#admin?.disconnect();
    this.#admin = undefined;
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Stops it where it is: it stays connected, and answers nobody until `thaw`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  /** The peer's log as tm would drain it: oldest first. */
  async logOf(peer: string): Promise<string[]> {
    return (await this.admin.lrange(`${peer}_log`, 0, -1)).reverse();
  }

  /** CLIENT LIST, one record a client. */
  async clients(): Promise<Record<string, string>[]> {
    const list = String(await this.admin.client('LIST'));
    return list
      .trim()
      .split('\n')
      .map((line) => Object.fromEntries(line.split(' ').map((field) => field.split(/=(.*)/s, 2))));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

/** Waits until `what` holds, looking every 5 ms; throws after `timeoutMs`. */
export async function until(text: string, what: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${text}`);
    await pause(5);
  }
}
