import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';
import type { Workload } from '../../src/model/desired.ts';
import { type Fault, TmError } from '../../src/model/fault.ts';
import type { Labels } from '../../src/model/labels.ts';
import { hostName, imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { ContainerExit, ContainerOrder, Containers } from '../../src/ports/containers.ts';

/** What a container of the contract does, in this order. */
export interface Behaviour {
  /** Writes lines to its output. */
  readonly writes?: readonly string[];
  /** Writes a variable of its environment to its output, as a line. */
  readonly shows?: string;
  /** Writes this to DELAY_FILE. */
  readonly delay?: string;
  /** Ends at once with this code; without it, goes on for ever. */
  readonly exits?: number;
  /** Ends with this code on SIGTERM; without it, SIGTERM does nothing. */
  readonly onTerm?: number;
}

/** An engine for the contract. */
export interface ContainersRig extends AsyncDisposable {
  readonly containers: Containers;
  workload(behaviour: Behaviour): Workload;
  /** Identity of the image of these workloads. */
  readonly imageIdentity: string;
  /** Makes a container that is not ours. */
  addForeign(name: string): Promise<void>;
  /** Ends all containers, whoever made them. */
  clear(): Promise<void>;
}

/** Host ports of the contract: other tests may run on this machine at the same time. */
const firstPort = 20_000 + (process.pid % 120) * 100;
let lastPort = firstPort;

/** What the containers of every engine do. */
export function containersContract(name: string, makeRig: () => Promise<ContainersRig>): void {
  describe(`containers of ${name}`, () => {
    let rig: ContainersRig;
    let never: AbortController;

    beforeAll(async () => {
      rig = await makeRig();
      never = new AbortController();
    });
    afterEach(() => rig.clear());
    afterAll(() => rig?.[Symbol.asyncDispose]());

    const order = (peer: string, behaviour: Behaviour, more: Partial<ContainerOrder> = {}): ContainerOrder => ({
      name: `tm-${peer}`,
      peer: peerName(peer),
      labels: labelsOf(peer),
      workload: rig.workload(behaviour),
      port: ++lastPort,
      runEnvironment: { REDIS_URL: new Secret('redis://:hush@10.0.0.1:6379/0'), PEER_NAME: peer },
      ...more,
    });
    const run = (peer: string, behaviour: Behaviour, more: Partial<ContainerOrder> = {}) =>
      rig.containers.run(order(peer, behaviour, more), never.signal);
    const listed = async (container: string) =>
      (await rig.containers.list(never.signal)).find((one) => one.name === container);
    const outputOf = async (id: string, options: { readonly tailLines?: number } = {}) => {
      let text = '';
      for await (const piece of rig.containers.output(id, options, never.signal)) text += piece;
      return text;
    };
    const listening = async (): Promise<Listener> => Listener.open(rig.containers);

    test('what was run is listed as it was asked for', async () => {
      const id = await run('alice', {});
      const container = await listed('tm-alice');
      expect(container).toMatchObject({ id, name: 'tm-alice', state: 'running', labels: labelsOf('alice') });
      expect(container?.imageIdentity).toBe(rig.imageIdentity);
      expect(container).not.toHaveProperty('exitCode');
    });

    test('the list is sorted by name', async () => {
      await Promise.all(['b', 'a', 'B', 'a10'].map((peer) => run(peer, {})));
      const names = (await rig.containers.list(never.signal)).map((one) => one.name);
      expect(names).toEqual(['tm-B', 'tm-a', 'tm-a10', 'tm-b']);
    });

    test('an ended one is listed with its exit code', async () => {
      const listener = await listening();
      await run('alice', { exits: 3 });
      await listener.exitOf('tm-alice');
      expect(await listed('tm-alice')).toMatchObject({ state: 'exited', exitCode: 3 });
      await listener.close();
    });

    test('somebody else’s is listed without labels when its name could be ours, and not at all otherwise', async () => {
      await rig.addForeign('tm-stranger');
      await rig.addForeign('unrelated');
      const names = (await rig.containers.list(never.signal)).map((one) => one.name);
      expect(names).toEqual(['tm-stranger']);
      expect((await listed('tm-stranger'))?.labels).toBeUndefined();
    });

    test('a name that is taken is a conflict, and the other one stays as it was', async () => {
      await rig.addForeign('tm-alice');
      const before = await listed('tm-alice');
      expect(await faultOf(run('alice', {}))).toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining('tm-alice'),
      });
      expect(await listed('tm-alice')).toEqual(before);
    });

    test('an image that is not there fails and leaves nothing', async () => {
      const workload = { ...rig.workload({}), image: imageRef('tm-test/nowhere:9') } as Workload;
      expect(await faultOf(run('alice', {}, { workload }))).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/image.*tm-test\/nowhere:9/i),
      });
      expect(await listed('tm-alice')).toBeUndefined();
    });

    test('a port that is taken fails; what was made stays, with its labels', async () => {
      await run('alice', {}, { port: firstPort });
      const fault = await faultOf(run('bob', {}, { port: firstPort }));
      expect(fault).toMatchObject({ kind: 'failed', message: expect.stringContaining(String(firstPort)) });
      expect(await listed('tm-bob')).toMatchObject({ state: 'created', labels: labelsOf('bob') });
    });

    test('the environment arrives, secrets in plain text', async () => {
      const listener = await listening();
      const id = await run('alice', { shows: 'REDIS_URL', exits: 0 });
      await listener.exitOf('tm-alice');
      expect(await outputOf(id)).toBe('redis://:hush@10.0.0.1:6379/0\n');
      await listener.close();
    });

    test('output is given whole, or its last lines', async () => {
      const listener = await listening();
      const id = await run('alice', { writes: ['one', 'zwölf', 'three'], exits: 0 });
      await listener.exitOf('tm-alice');
      expect(await outputOf(id)).toBe('one\nzwölf\nthree\n');
      expect(await outputOf(id, { tailLines: 2 })).toBe('zwölf\nthree\n');
      await listener.close();
    });

    test('each end is told once, with code and labels', async () => {
      const listener = await listening();
      const ids = await Promise.all([0, 7, 42].map((code) => run(`peer-${code}`, { exits: code })));
      const exits = await Promise.all([0, 7, 42].map((code) => listener.exitOf(`tm-peer-${code}`)));
      expect(exits).toEqual(
        [0, 7, 42].map((exitCode, at) => ({
          ...{ id: ids[at], name: `tm-peer-${exitCode}`, exitCode, oomKilled: false },
          labels: labelsOf(`peer-${exitCode}`),
        })),
      );
      await listener.close();
      expect(listener.told).toHaveLength(3);
    });

    test('only ends after listening began are told, and those of others are not', async () => {
      const early = await listening();
      await run('early', { exits: 1 });
      await early.exitOf('tm-early');
      await early.close();
      await rig.addForeign('tm-stranger');
      const listener = await listening();
      await rig.clear();
      await run('late', { exits: 2 });
      await listener.exitOf('tm-late');
      await listener.close();
      expect(listener.told.map((exit) => exit.name)).toEqual(['tm-late']);
    });

    test('two listeners are told the same', async () => {
      const [one, two] = await Promise.all([listening(), listening()]);
      await run('alice', { exits: 5 });
      expect(await one.exitOf('tm-alice')).toEqual(await two.exitOf('tm-alice'));
      await Promise.all([one.close(), two.close()]);
    });

    test('an ended one can be started again, and ends again', async () => {
      const listener = await listening();
      const id = await run('alice', { writes: ['here'], exits: 42 });
      await listener.exitOf('tm-alice');
      await rig.containers.restart(id, never.signal);
      expect(await listener.exitOf('tm-alice', 2)).toMatchObject({ id, exitCode: 42 });
      expect(await outputOf(id)).toBe('here\nhere\n');
      await listener.close();
    });

    test('the delay that it wrote can be read after its end', async () => {
      const listener = await listening();
      const id = await run('alice', { delay: '7', exits: 42 });
      await listener.exitOf('tm-alice');
      expect(await rig.containers.restartDelay(id, never.signal)).toBe(7);
      const other = await run('bob', { exits: 42 });
      await listener.exitOf('tm-bob');
      expect(await rig.containers.restartDelay(other, never.signal)).toBeUndefined();
      await listener.close();
    });

    test('what the engine knows of one is told, without its secrets, and nothing of one that is gone', async () => {
      const listener = await listening();
      const environment = { API_TOKEN: 'hunter2', PLAIN: 'seen' };
      const workload = { ...rig.workload({ exits: 3 }), environment };
      const id = await run('alice', {}, { workload });
      await listener.exitOf('tm-alice');
      const told = JSON.stringify(await rig.containers.inspect(id, never.signal));
      expect(told).toMatch(/"exitcode":3\b/i);
      for (const part of ['tm-alice', 'seen', 'redis://:[redacted]@10.0.0.1:6379/0']) expect(told).toContain(part);
      expect(told).not.toMatch(/hunter2|hush/);
      await rig.containers.remove(id, 0, never.signal);
      expect(await rig.containers.inspect(id, never.signal)).toBeUndefined();
      await listener.close();
    });

    test('one that is removed may end by itself first', async () => {
      const listener = await listening();
      const id = await run('alice', { writes: ['up'], onTerm: 9 });
      await expect.poll(() => outputOf(id)).toBe('up\n');
      await rig.containers.remove(id, 20_000, never.signal);
      expect(await listed('tm-alice')).toBeUndefined();
      expect(await listener.exitOf('tm-alice')).toMatchObject({ exitCode: 9 });
      await listener.close();
    });

    test('one that does not heed SIGTERM is killed when its grace is over', async () => {
      const listener = await listening();
      const id = await run('alice', {});
      await rig.containers.remove(id, 1000, never.signal);
      expect(await listed('tm-alice')).toBeUndefined();
      expect(await listener.exitOf('tm-alice')).toMatchObject({ exitCode: 137, oomKilled: false });
      await listener.close();
    });

    test('removing what is gone does nothing, and its name is free again', async () => {
      const id = await run('alice', {});
      await rig.containers.remove(id, 0, never.signal);
      await rig.containers.remove(id, 0, never.signal);
      expect(await run('alice', {})).not.toBe(id);
    });

    test('a signal that has come already ends every call', async () => {
      const id = await run('alice', {});
      const { containers } = rig;
      const reason = new Error('stopped by a person');
      const gone = AbortSignal.abort(reason);
      const calls = [
        () => containers.list(gone),
        () => containers.run(order('bob', {}), gone),
        () => containers.restart(id, gone),
        () => containers.remove(id, 0, gone),
        () => containers.exits(gone),
        () => containers.restartDelay(id, gone),
        () => containers.inspect(id, gone),
        async () => {
          for await (const _piece of containers.output(id, {}, gone)) throw new Error('it went on');
        },
      ];
      for (const call of calls) await expect(call()).rejects.toBe(reason);
      expect((await containers.list(never.signal)).map((one) => one.name)).toEqual(['tm-alice']);
    });
  });
}

const labelsOf = (peer: string): Labels => ({
  test: testName('a test: “quoted”, with spaces'),
  run: runId('run-1'),
  peer: peerName(peer),
  host: hostName('h1'),
  spec: 'spec-digest',
  redis: 'redis-instance',
});

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TmError) return error.fault;
  throw new Error(`expected a TmError, got ${error}`);
}

/** Listens to exits until it is closed. */
class Listener {
  readonly told: ContainerExit[] = [];
  readonly #stop = new AbortController();
  #pumping: Promise<void> = Promise.resolve();

  static async open(containers: Containers): Promise<Listener> {
    const listener = new Listener();
    const exits = await containers.exits(listener.#stop.signal);
    listener.#pumping = (async () => {
      for await (const exit of exits) listener.told.push(exit);
    })();
    return listener;
  }

  /** The first (or `count`th) end of a container of this name. */
  async exitOf(name: string, count = 1): Promise<ContainerExit> {
    const ends = () => this.told.filter((exit) => exit.name === name);
    await expect.poll(() => ends().length, { timeout: 15_000, interval: 10 }).toBeGreaterThanOrEqual(count);
    return ends()[count - 1]!;
  }

  /** The iteration must end with its signal. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#pumping;
  }
}
