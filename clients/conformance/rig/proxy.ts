import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Link, type Request } from './link.ts';

/** Stands between a peer and its Redis: sees every command, and can be the network at its worst. */
export class RedisProxy implements AsyncDisposable {
  readonly port: number;
  /** All that the peer sent, in the order in which it came. */
  readonly requests: Request[] = [];
  /** When the peer tried to connect, in milliseconds of the monotonic clock. */
  readonly attempts: number[] = [];
  readonly #server: Server;
  readonly #links: Link[] = [];
  #refusing = false;
  #frozen = false;

  private constructor(server: Server, port: number, upstreamPort: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => {
      this.attempts.push(performance.now());
      client.on('error', () => {});
      if (this.#refusing) {
        client.resetAndDestroy();
        return;
      }
      const link = new Link(this.#links.length, client, upstreamPort, (request) => this.requests.push(request));
      if (this.#frozen) link.freeze();
      this.#links.push(link);
    });
  }

  /** Listens on a port of its own. `upstreamPort`: that of Redis, on the loopback address. */
  static async to(upstreamPort: number): Promise<RedisProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port for the proxy');
    return new RedisProxy(server, address.port, upstreamPort);
  }

  /** The peer's connections that stand now. */
  get open(): readonly Link[] {
    return this.#links.filter((link) => link.open);
  }

  /** The connection on which the peer waits for its next command. */
  get waiting(): Link | undefined {
    return this.#links.findLast((link) => link.waitsForCommand);
  }

  /** The peer's other connections. */
  get others(): readonly Link[] {
    return this.open.filter((link) => !link.waitsForCommand);
  }

  /** Resets every new connection, as a port behind which there is nobody. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Cuts all connections, noticed by both sides. */
  cutAll(): void {
    for (const link of this.open) link.cut();
  }

  /** Nothing gets through, neither on the connections that stand nor on new ones. */
  freezeAll(): void {
    this.#frozen = true;
    for (const link of this.open) link.freeze();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.destroy();
    this.#server.close();
  }
}
