import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';
import type { Workload } from '../../src/model/desired.ts';
import { TmError } from '../../src/model/fault.ts';
import type { Labels } from '../../src/model/labels.ts';
import { hostName, peerName, type RunId, runId, testName } from '../../src/model/names.ts';
import type { ContainerExit, ContainerOrder, Containers } from '../../src/ports/containers.ts';
import type { Behaviour } from './containers.ts';

/** The run of this file's processes: others may be at work on the machine, and a driver shows them all. */
export const RUN: RunId = runId(`run-${randomUUID()}`);

/** The driver, showing what this file has started. */
export function ownOf(processes: Containers): Containers {
  const list: Containers['list'] = async (signal) =>
    (await processes.list(signal)).filter(({ labels }) => labels?.run === RUN);
  return { ...processes, list };
}

/** A machine for the contract; fresh, and cleared of all that ran when it is closed. */
export interface ProcessesRig extends AsyncDisposable {
  /** The driver, as a tm sees it that has just been started. */
  connect(): Containers;
  workload(behaviour: Behaviour): Workload;
}

let lastPort = 21_000;

/** What every driver of `ports/containers.ts` does with local processes. */
export function processesContract(name: string, makeRig: () => Promise<ProcessesRig>): void {
  describe(`processes: ${name}`, () => {
    const never = new AbortController().signal;
    let rig: ProcessesRig;
    let processes: Containers;

    beforeEach(async () => {
      rig = await makeRig();
      processes = rig.connect();
    });
    afterEach(() => rig[Symbol.asyncDispose]());

    const order = (peer: string, behaviour: Behaviour, more: Partial<ContainerOrder> = {}): ContainerOrder => ({
      ...orderOf(peer, rig.workload(behaviour)),
      port: ++lastPort,
      ...more,
    });
    const run = (peer: string, behaviour: Behaviour) => processes.run(order(peer, behaviour), never);
    const listed = async (process: string, of = processes) =>
      (await of.list(never)).find((one) => one.name === process);

    it('lists what was run, by name', async () => {
      const ids = await Promise.all(['b', 'a', 'B', 'a10'].map((peer) => run(peer, {})));
      expect(await processes.list(never)).toEqual(
        ['B', 'a', 'a10', 'b'].map((peer) => ({
          ...{ id: ids[['b', 'a', 'B', 'a10'].indexOf(peer)], name: `tm-${peer}`, state: 'running' },
          labels: labelsOf(peer),
        })),
      );
    });

    it('tells each end once, with its code, and lists it', async () => {
      const ears = await Ears.open(processes);
      const codes = [0, 1, 7, 42, 127, 255];
      const ids = await Promise.all(codes.map((code) => run(`peer-${code}`, { exits: code })));
      const ends = await Promise.all(codes.map((code) => ears.endOf(`tm-peer-${code}`)));
      const expected = codes.map((exitCode, at) => ({
        ...{ id: ids[at], name: `tm-peer-${exitCode}`, exitCode, oomKilled: false },
        labels: labelsOf(`peer-${exitCode}`),
      }));
      expect(ends).toEqual(expected);
      for (const exitCode of codes) {
        expect(await listed(`tm-peer-${exitCode}`)).toMatchObject({ state: 'exited', exitCode });
      }
      await ears.close();
      expect(ears.heard).toHaveLength(codes.length);
    });

    it('tells only ends after the listening began, to every listener', async () => {
      const early = await Ears.open(processes);
      await run('early', { exits: 1 });
      await early.endOf('tm-early');
      const late = [await Ears.open(processes), await Ears.open(rig.connect())] as const;
      await run('late', { exits: 2 });
      expect(await late[0].endOf('tm-late')).toEqual(await late[1].endOf('tm-late'));
      for (const ears of [early, ...late]) await ears.close();
      expect(late.map(({ heard }) => heard.map((end) => end.name))).toEqual([['tm-late'], ['tm-late']]);
    });

    it('refuses a name that is taken, whether that runs or has ended, and leaves it as it was', async () => {
      const ears = await Ears.open(processes);
      const id = await run('alice', {});
      await run('bob', { exits: 0 });
      await ears.endOf('tm-bob');
      for (const peer of ['alice', 'bob']) {
        const fault = await faultOf(run(peer, {}));
        expect(fault).toMatchObject({ kind: 'conflict', message: expect.stringContaining(`tm-${peer}`) });
      }
      expect(await listed('tm-alice')).toMatchObject({ id, state: 'running' });
      expect(await listed('tm-bob')).toMatchObject({ state: 'exited', exitCode: 0 });
      await ears.close();
    });

    it('gives it the environment, the run’s over its own, secrets in plain text', async () => {
      const ears = await Ears.open(processes);
      const environment = { PEER_NAME: 'nobody', REDIS_URL: 'nowhere', ODD: ` $HOME "'\\\n\t*é ` };
      for (const shows of ['PEER_NAME', 'REDIS_URL', 'ODD']) {
        const workload = { ...rig.workload({ shows, exits: 0 }), environment };
        const id = await processes.run(order(`shows-${shows}`, {}, { workload }), never);
        await ears.endOf(`tm-shows-${shows}`);
        const shown = {
          PEER_NAME: 'shows-PEER_NAME',
          REDIS_URL: 'redis://:hush@10.0.0.1:6379/0',
          ODD: environment.ODD,
        };
        expect(await outputOf(processes, id)).toBe(`${shown[shows as keyof typeof shown]}\n`);
      }
      await ears.close();
    });

    it('gives its output whole, or the last lines of it', async () => {
      const ears = await Ears.open(processes);
      const id = await run('alice', { writes: ['one', 'zwölf', '', 'four'], exits: 0 });
      const silent = await run('bob', { exits: 0 });
      await Promise.all([ears.endOf('tm-alice'), ears.endOf('tm-bob')]);
      expect(await outputOf(processes, id)).toBe('one\nzwölf\n\nfour\n');
      expect(await outputOf(processes, id, 3)).toBe('zwölf\n\nfour\n');
      expect(await outputOf(processes, id, 100)).toBe('one\nzwölf\n\nfour\n');
      expect(await outputOf(processes, id, 0)).toBe('');
      expect(await outputOf(processes, silent)).toBe('');
      await ears.close();
    });

    it('starts an ended one again as it was, under its id, and tells its next end', async () => {
      const ears = await Ears.open(processes);
      const id = await run('alice', { shows: 'REDIS_URL', delay: '7', exits: 42 });
      await ears.endOf('tm-alice');
      expect(await processes.restartDelay(id, never)).toBe(7);
      for (const end of [2, 3]) {
        await rig.connect().restart(id, never);
        expect(await ears.endOf('tm-alice', end)).toMatchObject({ id, exitCode: 42 });
      }
      expect(await listed('tm-alice')).toMatchObject({ id, state: 'exited', labels: labelsOf('alice') });
      expect(await outputOf(processes, id)).toBe('redis://:hush@10.0.0.1:6379/0\n'.repeat(3));
      await ears.close();
      expect(ears.heard).toHaveLength(3);
    });

    it('does nothing to one that runs when it is to be started again', async () => {
      const id = await run('alice', { writes: ['up'] });
      await expect.poll(() => outputOf(processes, id)).toBe('up\n');
      await processes.restart(id, never);
      expect(await listed('tm-alice')).toMatchObject({ id, state: 'running' });
      expect(await outputOf(processes, id)).toBe('up\n');
    });

    it('knows no delay where none was written', async () => {
      const ears = await Ears.open(processes);
      const id = await run('alice', { exits: 42 });
      await ears.endOf('tm-alice');
      expect(await processes.restartDelay(id, never)).toBeUndefined();
      await ears.close();
    });

    it('tells what it knows of one, without its secrets, and nothing of one that is gone', async () => {
      const ears = await Ears.open(processes);
      const environment = { API_TOKEN: 'hunter2', PLAIN: 'seen' };
      const workload = { ...rig.workload({ exits: 3 }), environment };
      const id = await processes.run(order('alice', {}, { workload }), never);
      await ears.endOf('tm-alice');
      const told = await processes.inspect(id, never);
      expect(told).toMatchObject({ id, name: 'tm-alice', state: 'exited', exitCode: 3, labels: labelsOf('alice') });
      expect(told?.['environment']).toMatchObject({
        API_TOKEN: '[redacted]',
        PLAIN: 'seen',
        REDIS_URL: 'redis://:[redacted]@10.0.0.1:6379/0',
      });
      expect(told?.['command']).toBeInstanceOf(Array);
      expect(JSON.stringify(told)).not.toMatch(/hunter2|hush/);
      await processes.remove(id, 0, never);
      expect(await processes.inspect(id, never)).toBeUndefined();
      await ears.close();
    });

    it('lets one that is removed end by itself first', async () => {
      const ears = await Ears.open(processes);
      const id = await run('alice', { writes: ['up'], onTerm: 9 });
      await expect.poll(() => outputOf(processes, id)).toBe('up\n');
      await processes.remove(id, 15_000, never);
      expect(await processes.list(never)).toEqual([]);
      expect(await ears.endOf('tm-alice')).toMatchObject({ id, exitCode: 9, labels: labelsOf('alice') });
      await ears.close();
    });

    it('kills one that does not heed SIGTERM when its grace is over', async () => {
      const ears = await Ears.open(processes);
      const id = await run('alice', { writes: ['up'] });
      await expect.poll(() => outputOf(processes, id)).toBe('up\n');
      await processes.remove(id, 200, never);
      expect(await processes.list(never)).toEqual([]);
      expect(await ears.endOf('tm-alice')).toMatchObject({ id, exitCode: 137 });
      await ears.close();
      expect(ears.heard).toHaveLength(1);
    });

    it('does nothing where what is to be removed is gone, and has its name free again', async () => {
      const first = await run('alice', {});
      await processes.remove(first, 0, never);
      await processes.remove(first, 0, never);
      const second = await run('alice', {});
      expect(second).not.toBe(first);
      await processes.remove(first, 0, never);
      expect(await processes.list(never)).toMatchObject([{ id: second, state: 'running' }]);
    });

    it('shows a later tm what an earlier one started, and how that ended meanwhile', async () => {
      const runs = await run('runs', { writes: ['up'] });
      const ended = await run('ended', { exits: 5 });
      const later = rig.connect();
      await expect.poll(() => listed('tm-ended', later)).toMatchObject({ id: ended, state: 'exited', exitCode: 5 });
      expect(await listed('tm-runs', later)).toMatchObject({ id: runs, state: 'running', labels: labelsOf('runs') });
      const ears = await Ears.open(later);
      await later.remove(runs, 0, never);
      expect(await ears.endOf('tm-runs')).toMatchObject({ id: runs, exitCode: 137 });
      await later.remove(ended, 0, never);
      expect(await processes.list(never)).toEqual([]);
      await ears.close();
    });

    it('says so when there is no such process', async () => {
      const calls = [
        () => processes.restart('1@1', never),
        () => processes.restartDelay('1@1', never),
        () => outputOf(processes, '1@1'),
      ];
      for (const call of calls) expect(await faultOf(call())).toMatchObject({ kind: 'failed', message: /no/ });
    });

    it('ends every call with a signal that has come already', async () => {
      const id = await run('alice', {});
      const reason = new Error('stopped by a person');
      const gone = AbortSignal.abort(reason);
      const calls = [
        () => processes.list(gone),
        () => processes.run(order('bob', {}), gone),
        () => processes.restart(id, gone),
        () => processes.remove(id, 0, gone),
        () => processes.exits(gone),
        () => processes.restartDelay(id, gone),
        () => processes.inspect(id, gone),
        () => outputOf(processes, id, undefined, gone),
      ];
      for (const call of calls) await expect(call()).rejects.toBe(reason);
      expect(await processes.list(never)).toMatchObject([{ id, state: 'running' }]);
    });

    it('stops waiting for an end with the signal', async () => {
      const id = await run('alice', { writes: ['up'] });
      await expect.poll(() => outputOf(processes, id)).toBe('up\n');
      const controller = new AbortController();
      const removed = processes.remove(id, 60_000, controller.signal);
      const reason = new Error('stopped by a person');
      setTimeout(() => controller.abort(reason), 100);
      await expect(removed).rejects.toBe(reason);
      expect(await listed('tm-alice')).toMatchObject({ id, state: 'running' });
    });
  });
}

/** What to run for a peer of this name. */
export function orderOf(peer: string, workload: Workload): ContainerOrder {
  const runEnvironment = { REDIS_URL: new Secret('redis://:hush@10.0.0.1:6379/0'), PEER_NAME: peer };
  return { name: `tm-${peer}`, peer: peerName(peer), labels: labelsOf(peer), workload, port: 20_999, runEnvironment };
}

export const labelsOf = (peer: string): Labels => ({
  test: testName('a test: “quoted”, with spaces = and more'),
  run: RUN,
  peer: peerName(peer),
  host: hostName('h1'),
  spec: 'spec-digest',
  redis: 'redis-instance',
});

/** All of a process's output, or its last lines. */
export async function outputOf(
  processes: Containers,
  id: string,
  tailLines?: number,
  signal = new AbortController().signal,
): Promise<string> {
  let text = '';
  const options = tailLines === undefined ? {} : { tailLines };
  for await (const piece of processes.output(id, options, signal)) text += piece;
  return text;
}

/** The fault that a call fails with. */
export async function faultOf(work: Promise<unknown>): Promise<TmError['fault']> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TmError) return error.fault;
  throw new Error(`expected a TmError, got ${error}`);
}

/** Hears the ends of processes until it is closed. */
export class Ears {
  readonly heard: ContainerExit[] = [];
  readonly #stop = new AbortController();
  #hearing: Promise<void> = Promise.resolve();

  static async open(processes: Containers): Promise<Ears> {
    const ears = new Ears();
    const exits = await processes.exits(ears.#stop.signal);
    ears.#hearing = (async () => {
      for await (const exit of exits) ears.heard.push(exit);
    })();
    return ears;
  }

  /** The first (or `count`th) end of a process of this name. */
  async endOf(name: string, count = 1, timeout = 10_000): Promise<ContainerExit> {
    const ends = () => this.heard.filter((exit) => exit.name === name);
    await expect.poll(() => ends().length, { timeout, interval: 5 }).toBeGreaterThanOrEqual(count);
    return ends()[count - 1]!;
  }

  /** The iteration must end with its signal. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#hearing;
  }
}
