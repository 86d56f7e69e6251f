import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryEngine } from '../../../src/drivers/memory/engine.ts';
import {
  type MemoryFleet,
  type MemoryOperation,
  type MemoryProcess,
  memoryFleet,
} from '../../../src/drivers/memory/fleet.ts';
import { memoryHosts } from '../../../src/drivers/memory/hosts.ts';
import { TmError } from '../../../src/model/fault.ts';
import { hostName, imageRef } from '../../../src/model/names.ts';
import type { HostSpec } from '../../../src/model/spec.ts';
import type { Hosts } from '../../../src/ports/host.ts';
import { shellOrder } from '../docker/orders.ts';
import { instantClock } from './instant-clock.ts';

const { signal } = new AbortController();
const ref = imageRef('tm-test/base:1');
const image = {
  ...{ ref, identity: 'base', layers: ['layer'], sizeBytes: 10 },
  platform: { os: 'linux', architecture: 'amd64' },
};
let fleet: MemoryFleet;
let hosts: Hosts;
let engine: MemoryEngine;

beforeEach(() => {
  fleet = memoryFleet(instantClock());
  engine = new MemoryEngine({ id: 'engine', images: [image] });
  fleet.hosts.set(hostName('h1'), { engine }).set(hostName('h2'), { engine, controlAddress: null });
  hosts = memoryHosts(fleet);
});

const spec = (name: string, more: Partial<HostSpec> = {}): HostSpec => ({
  ...{ name: hostName(name), address: '10.0.0.5', connection: { kind: 'local' }, runtime: { kind: 'docker' } },
  ...{ basePort: 12_000, tags: [], ...more },
});

describe('a fleet in memory', () => {
  test('has hosts that share an engine, and cannot reach the others', async () => {
    const [one, two] = await Promise.all(['h1', 'h2'].map((name) => hosts.connect(spec(name), signal)));
    await one!.containers.run(shellOrder('alice', 12_000, ''), signal);
    expect((await two!.containers.list(signal)).map(({ name }) => name)).toEqual(['tm-alice']);
    expect([one!.controlAddress, two!.controlAddress]).toEqual(['10.0.0.1', undefined]);
    await expect(hosts.connect(spec('h3'), signal)).rejects.toMatchObject({
      fault: { kind: 'unreachable', host: 'h3' },
    });
    await expect(hosts.control(signal)).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'docker' } });
  });

  test('runs processes without images', async () => {
    const host = await hosts.connect(spec('h1', { runtime: { kind: 'process' } }), signal);
    expect(host.images).toBeUndefined();
    const workload = { kind: 'process', command: ['peer'], workingDirectory: '/', environment: { A: '1' } } as const;
    let environment = {};
    fleet.hooks = {
      onStart: (process) => {
        environment = process.environment;
      },
    };
    await host.containers.run({ ...shellOrder('alice', 12_000, ''), workload, runEnvironment: { B: '2' } }, signal);
    expect(environment).toEqual({ A: '1', B: '2' });
  });

  test('gives equal ids to equal histories', async () => {
    const ids = async () => {
      const own = memoryFleet(instantClock());
      own.hosts.set(hostName('h1'), { engine: new MemoryEngine({ id: 'engine', images: [image] }) });
      const host = await memoryHosts(own).connect(spec('h1'), signal);
      return [
        await host.containers.run(shellOrder('a', 1, ''), signal),
        await host.containers.run(shellOrder('b', 2, ''), signal),
      ];
    };
    const [first, second] = [await ids(), await ids()];
    expect(first).toEqual(second);
    expect(new Set(first).size).toBe(2);
  });
});

describe('interference', () => {
  test('comes before and after each call, which it may keep from happening or from being answered', async () => {
    const seen: MemoryOperation[] = [];
    let failAt: MemoryOperation['moment'] | undefined;
    fleet.hooks = {
      interfere: (operation) => {
        seen.push(operation);
        if (operation.name !== 'containers.run' || operation.moment !== failAt) return;
        throw new TmError({ kind: 'unreachable', what: 'host', message: 'lost' });
      },
    };
    const host = await hosts.connect(spec('h1'), signal);
    failAt = 'before';
    await expect(host.containers.run(shellOrder('alice', 12_000, ''), signal)).rejects.toThrow('lost');
    expect(engine.named('tm-alice')).toBeUndefined();
    failAt = 'after';
    await expect(host.containers.run(shellOrder('alice', 12_000, ''), signal)).rejects.toThrow('lost');
    expect(engine.named('tm-alice')?.state).toBe('running');
    expect(seen.map(({ name, subject, moment }) => [name, subject, moment])).toEqual([
      ['hosts.connect', '', 'before'],
      ['hosts.connect', '', 'after'],
      ['containers.run', 'tm-alice', 'before'],
      ['containers.run', 'tm-alice', 'before'],
      ['containers.run', 'tm-alice', 'after'],
    ]);
  });

  test('may lose the listeners of an engine, after what they were told', async () => {
    const host = await hosts.connect(spec('h1'), signal);
    const exits = await host.containers.exits(signal);
    const id = await host.containers.run(shellOrder('alice', 12_000, ''), signal);
    engine.exit(engine.containers.get(id)!, 3);
    engine.loseListeners('the host is gone');
    const told: (number | undefined)[] = [];
    const listening = (async () => {
      for await (const exit of exits) told.push(exit.exitCode);
    })();
    await expect(listening).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
    expect(told).toEqual([3]);
  });
});

describe('a simulated process', () => {
  test('that was started again is not ended by what its first life left behind', async () => {
    const lives: MemoryProcess[] = [];
    const ended: (number | undefined)[] = [];
    fleet.hooks = {
      onStart: (process) => void lives.push(process),
      onEnd: (container) => void ended.push(container.exitCode),
    };
    const host = await hosts.connect(spec('h1'), signal);
    const id = await host.containers.run(shellOrder('alice', 12_000, ''), signal);
    lives[0]!.exit(42);
    lives[0]!.exit(1);
    await host.containers.restart(id, signal);
    lives[0]!.exit(2);
    expect(engine.containers.get(id)).toMatchObject({ state: 'running', starts: 2 });
    lives[1]!.exit(0, { oomKilled: true });
    expect(ended).toEqual([42, 0]);
    expect(engine.containers.get(id)).toMatchObject({ state: 'exited', oomKilled: true });
  });

  test('that ends while its grace runs keeps its own exit code', async () => {
    let exit = (_code: number) => {};
    fleet.hooks = {
      onStart: (process) => {
        exit = process.exit;
      },
      onTerminate: () => {
        exit(7);
        return undefined;
      },
    };
    const host = await hosts.connect(spec('h1'), signal);
    const exits = await host.containers.exits(signal);
    const id = await host.containers.run(shellOrder('alice', 12_000, ''), signal);
    await host.containers.remove(id, 10_000, signal);
    for await (const { exitCode } of exits) {
      expect(exitCode).toBe(7);
      break;
    }
    expect(engine.containers.size).toBe(0);
  });
});
