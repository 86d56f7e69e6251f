import { Secret } from '../../src/lib/secret.ts';
import { type PeerName, testName } from '../../src/model/names.ts';
import type { Bus, Buses, Listening } from '../../src/ports/bus.ts';
import { Recorder } from './bus-recorder.ts';

/** A Redis for the contract, with the peers' side of the wire in plain commands. */
export interface BusRig extends AsyncDisposable {
  readonly buses: Buses;
  readonly url: string;
  /** `BLPOP`: waits for the oldest command. */
  take(peer: PeerName): Promise<string>;
  /** `SET`s one after the other, as fast as it goes. */
  set(peer: PeerName, ...statuses: readonly string[]): Promise<void>;
  /** Statuses as our client libraries report them: SET, and appended to the stream with a wall time in milliseconds, in one transaction. */
  report(peer: PeerName, ...statuses: readonly { readonly status: string; readonly at: number }[]): Promise<void>;
  /** `SET`s its heartbeat. */
  beat(peer: PeerName, text: string): Promise<void>;
  /** `LPUSH`es one after the other. */
  log(peer: PeerName, ...lines: readonly string[]): Promise<void>;
  /** Breaks the connections of every bus, and does `meanwhile` before they can be made again. */
  interrupt(meanwhile?: () => Promise<void>): Promise<void>;
  /** Another server without data in the place of this one. */
  replace(): Promise<void>;
  /** A process id of this machine that no longer lives. */
  readonly deadPid: number;
  readonly machine: string;
}

const { signal } = new AbortController();
const smoke = testName('smoke test');

/** A rig and the buses that a test opened on it; one of each for every test. */
export class BusFixture {
  readonly #makeRig: () => Promise<BusRig>;
  readonly #open: AsyncDisposable[] = [];
  rig!: BusRig;
  bus!: Bus;

  constructor(makeRig: () => Promise<BusRig>) {
    this.#makeRig = makeRig;
  }

  async begin(): Promise<void> {
    this.rig = await this.#makeRig();
    this.bus = await this.connect();
  }

  async end(): Promise<void> {
    for (const each of this.#open.splice(0).reverse()) await each[Symbol.asyncDispose]();
    await this.rig[Symbol.asyncDispose]();
  }

  /** One more bus, closed at the end of the test. */
  async connect(): Promise<Bus> {
    const made = await this.rig.buses.connect(new Secret(this.rig.url), signal);
    this.#open.push(made);
    return made;
  }

  async listen(on: Bus, ...peers: PeerName[]): Promise<[Recorder, Listening]> {
    const recorder = new Recorder();
    return [recorder, await on.listen(smoke, peers, recorder, signal)];
  }
}
