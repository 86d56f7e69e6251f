import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire to a server that a test can cut: between any two bytes, and for as long as it likes. */
export class CuttableWire implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #cutAfter: number | undefined;
  #blocked = false;
  #silent = false;
  #replicasSilent = false;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async to(targetPort: number): Promise<CuttableWire> {
    const sockets = new Set<Socket>();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const wire = new CuttableWire(server, address.port, sockets);
    server.on('connection', (socket) => wire.#join(socket, targetPort));
    return wire;
  }

  /** Connections that stand through it. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Cuts everything that is connected. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts everything after so many more bytes from the server, in the middle of an answer. */
  cutAfter(bytes: number): void {
    this.#cutAfter = bytes;
  }

  /** Cuts, and lets nothing through until `unblock`. */
  block(): void {
    this.#blocked = true;
    this.cut();
  }

  unblock(): void {
    this.#blocked = false;
  }

  /** Swallows everything in both directions without closing anything, as a broken network does. */
  silence(silent: boolean): void {
    this.#silent = silent;
  }

  /** Swallows what the connections carry on which a server sends its replication stream, and no others. */
  silenceReplicas(silent: boolean): void {
    this.#replicasSilent = silent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, targetPort: number): void {
    if (this.#blocked) {
      near.destroy();
      return;
    }
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    let replica = false;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on('data', (data) => {
        replica ||= from === near && data.includes('PSYNC');
        if (!replica || !this.#replicasSilent) this.#pass(data, to, from === far);
      });
    }
  }

  #pass(data: Buffer, to: Socket, answer: boolean): void {
    if (this.#silent) return;
    if (!answer || this.#cutAfter === undefined) {
      to.write(data);
      return;
    }
    this.#cutAfter -= data.length;
    if (this.#cutAfter > 0) {
      to.write(data);
      return;
    }
    this.#cutAfter = undefined;
    // Half of the answer is read, the rest never comes.
    to.end(data.subarray(0, Math.floor(data.length / 2)), () => this.cut());
  }
}
