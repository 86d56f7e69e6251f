import { disposeQuietly } from '../lib/dispose-quietly.ts';
import type { Redactor } from '../lib/redactor.ts';
import type { Secret } from '../lib/secret.ts';
import type { LockHolder } from '../model/fault.ts';
import type { Bus, Buses, RedisLock } from '../ports/bus.ts';
import { lockedFault } from './locked-fault.ts';
import { passwordOf } from './password-of.ts';
import type { Recorder } from './recorder.ts';

interface Parts {
  readonly buses: Buses;
  readonly recorder: Recorder;
  readonly redactor: Redactor;
  /** Who takes the lock of the database. */
  readonly holder: () => LockHolder;
}

/** A run's connection to Redis, with the lock of its database. No output holds the password, from when it is known here. */
export class RedisLink {
  bus: Bus | undefined;
  readonly #parts: Parts;
  #url: Secret | undefined;
  #password: Secret | undefined;
  #lock: RedisLock | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What the control machine reaches Redis at. */
  get url(): Secret | undefined {
    return this.#url;
  }

  set url(url: Secret | undefined) {
    this.#parts.redactor.hide(passwordOf(url));
    this.#url = url;
  }

  /** Of a managed Redis; undefined where it has none. */
  get password(): Secret | undefined {
    return this.#password;
  }

  set password(password: Secret | undefined) {
    this.#parts.redactor.hide(password);
    this.#password = password;
  }

  /** Connects to Redis and takes the lock of its database. Throws `unreachable` or `locked`. */
  async connect(url: Secret, signal: AbortSignal): Promise<void> {
    const bus = await this.#parts.buses.connect(url, signal);
    await this.adopt(bus, url, signal);
  }

  /** Connects to Redis to clean up there, under its lock, without telling watchers anything. Throws `unreachable` or `locked`. */
  async connectToCleanUp(url: Secret, signal: AbortSignal): Promise<void> {
    const bus = await this.#parts.buses.connect(url, signal);
    this.read(bus, url);
    await this.#takeLock(bus, signal);
  }

  /** From here on the connection is this one's, to read with. */
  read(bus: Bus, url: Secret): void {
    this.bus = bus;
    this.url = url;
  }

  /** Takes the lock of a database that is connected already, and begins to write there. Throws `locked`. */
  async adopt(bus: Bus, url: Secret, signal: AbortSignal): Promise<void> {
    this.read(bus, url);
    await this.#takeLock(bus, signal);
    this.#parts.recorder.openStream(bus);
  }

  /** Ends the talk with Redis, last events first, so that Redis itself can go. */
  async close(): Promise<void> {
    const { bus } = this;
    const { recorder } = this.#parts;
    if (bus === undefined) return;
    await recorder.flushStream();
    recorder.openStream(undefined);
    this.bus = undefined;
    await disposeQuietly(this.#lock);
    this.#lock = undefined;
    await disposeQuietly(bus);
  }

  async #takeLock(bus: Bus, signal: AbortSignal): Promise<void> {
    const lock = await bus.lock(this.#parts.holder(), signal);
    if (!('held' in lock)) throw lockedFault(lock.heldBy, 'this Redis database');
    this.#lock = lock;
  }
}
