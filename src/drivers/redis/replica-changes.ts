import type { PeerName } from '../../model/names.ts';
import { parseStatusEntry, type StatusEntry, statusKey, statusStreamKey } from '../../model/wire.ts';
import type { ReplicaCommand } from './replica-commands.ts';

/** An entry of a status stream, and its id. */
export interface StreamEntry extends StatusEntry {
  readonly id: string;
}

/** What commands do to statuses. Calls come in the order of the commands. */
export interface ReplicaListener {
  /** `entry`: what was appended to the peer's stream together with it. */
  set(peer: PeerName, status: string, entry: StreamEntry | undefined): void;
  /** The key is gone. */
  deleted(peer: PeerName): void;
  /** The peer's stream is gone. */
  streamDeleted(peer: PeerName): void;
  /** It was changed in a way that only a read can tell. */
  unclear(peer: PeerName): void;
  marked(number: number): void;
}

interface Options {
  readonly database: number;
  readonly peers: readonly PeerName[];
  /** The channel of marks. */
  readonly marks: string;
  readonly listener: ReplicaListener;
}

/** Commands that name several keys, or none, or that are not about our database alone. */
const ANYWHERE = new Set(['SELECT', 'FLUSHALL', 'SWAPDB', 'PUBLISH']);
const MANY_KEYS = new Set(['MSET', 'MSETNX', 'DEL', 'UNLINK', 'RENAME', 'RENAMENX', 'COPY', 'FLUSHDB']);
/** Commands on a key that leave its value as it is. */
const NO_VALUE = new Set(['EXPIRE', 'PEXPIRE', 'EXPIREAT', 'PEXPIREAT', 'PERSIST', 'GETEX']);
/** Where the value of a command stands that sets one. */
const VALUE_AT: Readonly<Record<string, number>> = { SET: 2, SETNX: 2, GETSET: 2, SETEX: 3, PSETEX: 3 };

/** Finds in a replication stream what happens to the peers' statuses. */
export class ReplicaChanges {
  readonly #options: Options;
  readonly #statuses: ReadonlyMap<string, PeerName>;
  readonly #streams: ReadonlyMap<string, PeerName>;
  /** Appended, and not yet SET. */
  readonly #pending = new Map<PeerName, StreamEntry>();
  #database = -1;

  constructor(options: Options) {
    this.#options = options;
    this.#statuses = new Map(options.peers.map((peer) => [statusKey(peer), peer]));
    this.#streams = new Map(options.peers.map((peer) => [statusStreamKey(peer), peer]));
  }

  /** A stream that begins anew says first which database it is about. */
  begin(): void {
    this.#database = -1;
    this.#pending.clear();
  }

  wants(name: string, key: Buffer | undefined): boolean {
    if (ANYWHERE.has(name)) return true;
    if (this.#database !== this.#options.database) return false;
    if (key === undefined || MANY_KEYS.has(name)) return !NEVER.has(name);
    const text = key.toString('latin1');
    return this.#statuses.has(text) || this.#streams.has(text);
  }

  command(name: string, command: ReplicaCommand): void {
    const { listener, database, peers, marks } = this.#options;
    const words = command.map((word) => word?.toString('utf8'));
    switch (name) {
      case 'SELECT':
        this.#database = Number(words[1]);
        return;
      case 'PUBLISH':
        if (words[1] === marks) listener.marked(Number(words[2]));
        return;
      case 'FLUSHALL':
      case 'FLUSHDB':
        for (const peer of peers) this.#deleted(statusKey(peer), statusStreamKey(peer));
        return;
      case 'SWAPDB':
        if (words.includes(String(database))) for (const peer of peers) listener.unclear(peer);
        return;
      case 'DEL':
      case 'UNLINK':
      case 'GETDEL':
        this.#deleted(...words.slice(1));
        return;
      case 'MSET':
      case 'MSETNX':
        for (let i = 1; i < words.length; i += 2) this.#set(words[i], words[i + 1]);
        return;
      case 'XADD':
        this.#appended(words);
        return;
      default:
        if (VALUE_AT[name] !== undefined) this.#set(words[1], words[VALUE_AT[name]]);
        else if (!NO_VALUE.has(name)) this.#unclear(words.slice(1));
    }
  }

  #set(key: string | undefined, status: string | undefined): void {
    const peer = this.#statuses.get(key ?? '');
    if (peer === undefined) return;
    const entry = this.#pending.get(peer);
    this.#pending.delete(peer);
    if (status === undefined) this.#options.listener.unclear(peer);
    else this.#options.listener.set(peer, status, entry?.status === status ? entry : undefined);
  }

  /** `XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]] id field value …` */
  #appended(words: readonly (string | undefined)[]): void {
    const peer = this.#streams.get(words[1] ?? '');
    if (peer === undefined) return;
    const at = words.findIndex((word, i) => i > 1 && /^\d+-\d+$/.test(word ?? ''));
    const fields = words.slice(at + 1);
    const entry = at < 0 || fields.includes(undefined) ? undefined : parseStatusEntry(fields as string[]);
    if (entry !== undefined) this.#pending.set(peer, { ...entry, id: words[at]! });
  }

  #deleted(...keys: readonly (string | undefined)[]): void {
    for (const key of keys) {
      const peer = this.#statuses.get(key ?? '');
      if (peer !== undefined) this.#options.listener.deleted(peer);
      const owner = this.#streams.get(key ?? '');
      if (owner !== undefined) this.#options.listener.streamDeleted(owner);
    }
  }

  #unclear(keys: readonly (string | undefined)[]): void {
    for (const key of keys) {
      const peer = this.#statuses.get(key ?? '');
      if (peer !== undefined) this.#options.listener.unclear(peer);
    }
  }
}

/** What a server sends all the time and what is never a status: the bulk of a stream is stepped over by its name alone. */
const NEVER = new Set(
  'PING REPLCONF MULTI EXEC LPUSH RPUSH LPOP RPOP LMPOP LTRIM LREM LSET LMOVE HSET HDEL HMSET SADD SREM ZADD ZREM XTRIM XDEL'.split(
    ' ',
  ),
);
