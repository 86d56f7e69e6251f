import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A plain redis-server of a test's own, on a loopback port, stopped by its pid. */
export class PrivateRedis implements AsyncDisposable {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #directory: string;
  readonly #clients: Redis[] = [];
  #process: ChildProcess;

  private constructor(port: number, args: readonly string[], directory: string, child: ChildProcess) {
    this.port = port;
    this.#args = args;
    this.#directory = directory;
    this.#process = child;
  }

  /** `args` as on redis-server's command line: `--requirepass`, `x`. */
  static async start(args: readonly string[] = [], givenPort?: number): Promise<PrivateRedis> {
    const port = givenPort ?? (await freePort());
    const directory = await mkdtemp(join(tmpdir(), 'tm-test-redis-'));
    return new PrivateRedis(port, args, directory, await launch(port, args, directory));
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** The URL of a database, with the given `user:password` or `:password`. */
  url(database = 0, credentials = ''): string {
    return `redis://${credentials === '' ? '' : `${credentials}@`}127.0.0.1:${this.port}/${database}`;
  }

  /** A connection as a peer has one. It belongs to this server and ends with it. */
  async client(database = 0, credentials = ''): Promise<Redis> {
    const client = new Redis(this.url(database, credentials), {
      protocol: 2,
      lazyConnect: true,
      connectionName: 'peer',
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
    });
    client.on('error', () => undefined);
    await client.connect();
    this.#clients.push(client);
    return client;
  }

  /** Ends the server and, after `meanwhile`, starts another on the same port, with nothing in it unless it persists. */
  async restart(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    await this.stop();
    await meanwhile();
    this.#process = await launch(this.port, this.#args, this.#directory);
  }

  async stop(): Promise<void> {
    await end(this.#process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function launch(port: number, args: readonly string[], directory: string): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory];
  const child = spawn('redis-server', [...fixed, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      if (/Ready to accept connections|server is now ready/i.test(output)) resolve();
    });
    child.once('exit', () => reject(new Error(`redis-server ended: ${output}`)));
    child.once('error', reject);
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** A TCP port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
