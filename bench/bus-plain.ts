import { Redis } from 'ioredis';

/** What a reader is told: when an event was written, in milliseconds since 1970. */
export interface PlainListener {
  status(writtenAt: number): void;
  line(writtenAt: number): void;
}

/** The plain way, for comparison: for each peer a subscriber, a connection that GETs, and one that BLPOPs entry after entry. */
export class PlainBus implements AsyncDisposable {
  readonly #clients: Redis[] = [];
  readonly #commands: Redis;
  #open = true;

  private constructor(url: string) {
    this.#commands = this.#connect(url);
  }

  static async listen(url: string, peers: number, listener: PlainListener): Promise<PlainBus> {
    const bus = new PlainBus(url);
    await bus.#commands.config('SET', 'notify-keyspace-events', 'K$');
    await Promise.all(Array.from({ length: peers }, (_, i) => bus.#listen(url, `p${i}`, listener)));
    return bus;
  }

  async send(peer: string, command: string): Promise<void> {
    await this.#commands.rpush(`${peer}_command`, command);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    await this.#commands.config('SET', 'notify-keyspace-events', '');
    for (const client of this.#clients) client.disconnect();
  }

  #connect(url: string): Redis {
    const client = new Redis(url, { retryStrategy: null });
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }

  async #listen(url: string, peer: string, listener: PlainListener): Promise<void> {
    const getting = this.#connect(url);
    const subscribed = this.#connect(url);
    subscribed.on('message', async () => {
      const value = await getting.get(`${peer}_status`).catch(() => null);
      if (value !== null) listener.status(Number(value.split('|')[1]));
    });
    await subscribed.subscribe(`__keyspace@0__:${peer}_status`);
    const popping = this.#connect(url);
    void (async () => {
      while (this.#open) {
        const reply = await popping.blpop(`${peer}_log`, 0).catch(() => null);
        if (reply !== null) listener.line(Number.parseFloat(reply[1].split('|')[1]!));
      }
    })();
  }
}
