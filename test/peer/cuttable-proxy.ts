import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on the loopback address whose client side can be cut while the server notices nothing, as when a NAT forgets a connection. */
export class CuttableProxy implements AsyncDisposable {
  readonly port: number;
  /** Takes connections, and nothing that comes by them. */
  mute = false;
  readonly #server: Server;
  readonly #pairs: { readonly client: Socket; readonly upstream: Socket }[];

  private constructor(server: Server, port: number, pairs: { client: Socket; upstream: Socket }[]) {
    this.#server = server;
    this.port = port;
    this.#pairs = pairs;
  }

  static async to(port: number): Promise<CuttableProxy> {
    const pairs: { client: Socket; upstream: Socket }[] = [];
    let proxy: CuttableProxy | undefined;
    const server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      for (const socket of [client, upstream]) socket.on('error', () => {});
      client.on('data', (bytes) => proxy?.mute || upstream.write(bytes));
      upstream.on('data', (bytes) => client.write(bytes));
      pairs.push({ client, upstream });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    proxy = new CuttableProxy(server, address.port, pairs);
    return proxy;
  }

  /** Resets every client; the server's sides stay open. */
  cut(): void {
    for (const { client } of this.#pairs) client.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, upstream } of this.#pairs) {
      client.destroy();
      upstream.destroy();
    }
    this.#server.close();
  }
}
