import { join } from 'node:path';
import { temporaryDirectory } from './at-exit.ts';
import { freeUdpPort } from './free-port.ts';
import { Peer } from './peer.ts';
import { PeerProcess } from './peer-process.ts';
import { RedisProxy } from './proxy.ts';
import { RedisServer } from './redis-server.ts';

export interface RigOptions {
  /** The program under test and its arguments. */
  readonly command: readonly string[];
  /** How long a check waits for anything that should happen, in milliseconds. */
  readonly patienceMs: number;
}

export interface PeerOptions {
  /** PEER_NAME; `alice` where it is not given. */
  readonly name?: string;
  /** Lines of a redis.conf. */
  readonly settings?: readonly string[];
  /** As they stand in the URL, percent-encoded. */
  readonly login?: string;
  readonly database?: number;
  /** The database in the URL, where it is to be another one than the peer's: one that does not exist. */
  readonly urlDatabase?: number;
  /** Set besides the protocol's environment, or instead; undefined: not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Run it again after an exit with 42, as tm does. Default yes. */
  readonly restarts?: boolean;
  /** Done before the process is started: commands in its queue, a proxy that refuses. */
  prepare?(world: Pick<Peer, 'redis' | 'proxy' | 'name'>): void | Promise<void>;
}

/** What would reach the peer from whoever runs the suite, and belongs to the protocol. */
const NOT_INHERITED = [
  'REDIS_URL',
  'PEER_NAME',
  'LISTEN_ADDR',
  'HOST_NAME',
  'HOST_ADDR',
  'TM_RUN_ID',
  'TM_DELAY_FILE',
  'LOG_LEVEL',
  'RUST_LOG',
];

/** Starts peers for one check, each with a Redis, a proxy and a directory of its own, and clears all of it away. */
export class Rig implements AsyncDisposable {
  readonly patienceMs: number;
  /** The peers started so far: what they did is the evidence of a check that failed. */
  readonly peers: Peer[] = [];
  readonly #command: readonly string[];
  readonly #held: AsyncDisposable[] = [];

  constructor({ command, patienceMs }: RigOptions) {
    this.#command = command;
    this.patienceMs = patienceMs;
  }

  /** Starts the program as a peer, and does not wait for it. */
  async launch(options: PeerOptions = {}): Promise<Peer> {
    const { name = 'alice', database = 0, login } = options;
    const server = this.#hold(await RedisServer.start(options.settings));
    const proxy = this.#hold(await RedisProxy.to(server.port));
    const redis = server.admin.duplicate({ db: database });
    redis.on('error', () => {});
    this.#hold({ [Symbol.asyncDispose]: async () => redis.disconnect() });
    const directory = this.#hold(temporaryDirectory('tm-conformance-'));
    await options.prepare?.({ redis, proxy, name });

    const udpPort = await freeUdpPort();
    const delayFile = join(directory.path, 'delay');
    const inherited = Object.entries(process.env).filter(([variable]) => !NOT_INHERITED.includes(variable));
    const given = {
      ...Object.fromEntries(inherited),
      REDIS_URL: `redis://${login === undefined ? '' : `${login}@`}127.0.0.1:${proxy.port}/${options.urlDatabase ?? database}`,
      PEER_NAME: name,
      LISTEN_ADDR: `/ip4/0.0.0.0/udp/${udpPort}/quic-v1`,
      HOST_NAME: 'conformance',
      HOST_ADDR: '127.0.0.1',
      TM_RUN_ID: 'conformance',
      TM_DELAY_FILE: delayFile,
      ...options.environment,
    };
    const set = Object.entries(given).filter(([, value]) => value !== undefined);
    const running = new PeerProcess({
      command: this.#command,
      environment: Object.fromEntries(set),
      delayFile,
      restarts: options.restarts ?? true,
    });
    this.#hold(running);
    const { patienceMs } = this;
    const peer = new Peer({ name, udpPort, delayFile, server, redis, proxy, process: running, patienceMs });
    this.peers.push(peer);
    return peer;
  }

  /** Starts the program as a peer, and waits for its `started`. */
  async start(options: PeerOptions = {}): Promise<Peer> {
    const peer = await this.launch(options);
    await peer.started();
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The youngest first: the process before what it uses.
    for (const held of this.#held.reverse()) await held[Symbol.asyncDispose]();
  }

  #hold<T extends AsyncDisposable>(held: T): T {
    this.#held.push(held);
    return held;
  }
}
