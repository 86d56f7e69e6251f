import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import type { EngineTransport } from './engine-transport.ts';

/** Keeps the streams of one transport open between requests. */
export class EngineAgent extends Agent {
  readonly #transport: EngineTransport;

  constructor(transport: EngineTransport) {
    const { maxConnections } = transport;
    super({ keepAlive: true, maxSockets: maxConnections, maxFreeSockets: Math.min(maxConnections, 16) });
    this.#transport = transport;
  }

  // Synchronous on purpose: Node's agent forgets `maxSockets` when a connection is handed over by callback.
  override createConnection(): Duplex {
    return this.#transport.connect();
  }

  // docker-modem inspects its options, and so this agent with all its sockets, at every request: 325 ms where 1 ms is needed.
  [inspect.custom](): string {
    return `EngineAgent(${this.#transport.where})`;
  }
}
