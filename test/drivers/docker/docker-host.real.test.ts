import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SshConnector } from '../../../src/drivers/ssh/connector.ts';
import { sshClock } from '../../../src/drivers/ssh/ssh-clock.ts';
import { imageRef } from '../../../src/model/names.ts';
import type { HostSpec } from '../../../src/model/spec.ts';
import type { ContainerExit } from '../../../src/ports/containers.ts';
import type { Host } from '../../../src/ports/host.ts';
import { engineRequest } from '../../testbed/engine-api.ts';
import { startSideSshd } from '../ssh/side-sshd.ts';
import { faultOf } from '../ssh/ssh-home.ts';
import { type DockerBed, startDockerBed } from './docker-bed.ts';
import { shellOrder } from './orders.ts';

const { signal } = new AbortController();
const base = imageRef('tm-test/base:1');
const FOREVER = 'sleep 100000';
let bed: DockerBed;
const open: AsyncDisposable[] = [];

beforeAll(async () => {
  bed = await startDockerBed({ hosts: [{}, { streamLocalForwarding: false, maxSessions: 10 }], images: ['base'] });
  const hosts = bed.hosts();
  await using control = await hosts.control(signal);
  for (const at of [0, 1]) {
    await using host = await hosts.connect(bed.sshHost(at), signal);
    await control.courier.send(base, host.images!, new Set(), () => {}, signal);
  }
});
afterAll(() => bed?.[Symbol.asyncDispose]());

afterEach(async () => {
  for (const host of bed.bed.hosts) {
    const all = JSON.parse(await engineRequest(host.dockerSocket, '/containers/json?all=1')) as { Id: string }[];
    await Promise.all(
      all.map(({ Id }) => engineRequest(host.dockerSocket, `/containers/${Id}?force=1`, { method: 'DELETE' })),
    );
  }
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

async function connect(spec: HostSpec): Promise<Host> {
  const host = await bed.hosts().connect(spec, signal);
  open.push(host);
  return host;
}

interface Inspection {
  readonly Config: { readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: Readonly<Record<string, unknown>> & { readonly Binds: readonly string[] };
}

const inspect = async (at: number, id: string) =>
  JSON.parse(await engineRequest(bed.bed.hosts[at]!.dockerSocket, `/containers/${id}/json`)) as Inspection;

/** Collects exits in the background. */
async function listen(host: Host) {
  const stop = new AbortController();
  const told: ContainerExit[] = [];
  const exits = await host.containers.exits(stop.signal);
  const done = (async () => {
    for await (const exit of exits) told.push(exit);
  })();
  done.catch(() => {});
  open.push({ [Symbol.asyncDispose]: async () => stop.abort() });
  return { told, done };
}

describe('a host', () => {
  test('tells what it is, and how it and this machine reach each other', async () => {
    const host = await connect(bed.sshHost(0));
    expect(host).toMatchObject({
      ...{ name: 'h1', platform: { os: 'linux' }, description: expect.stringMatching(/^Docker \d+\.\d+\.\d+$/) },
      ...{ controlAddress: bed.bed.control.address, hostAddress: bed.bed.hosts[0]!.address },
    });
  });

  test('is one engine by whichever way, and another one than its neighbour', async () => {
    const other = { ...bed.sshHost(0), address: 'alias' };
    await writeFile(join(bed.home, '.ssh/config'), `Host alias\n  HostName ${bed.bed.hosts[0]!.address}\n`);
    const [one, again, neighbour, here] = await Promise.all(
      [bed.sshHost(0), other, bed.sshHost(1), bed.localHost()].map(connect),
    );
    expect(again!.engine).toBe(one!.engine);
    expect(new Set([one!.engine, neighbour!.engine, here!.engine]).size).toBe(3);
    const control = await bed.hosts().control(signal);
    open.push(control);
    expect(control.engine).toBe(here!.engine);
  });

  test('on this machine is reached at its bridge, which containers can reach, not at a loopback address', async () => {
    const host = await connect(bed.localHost());
    expect(host.controlAddress).toMatch(/^10\.\d+\.\d+\.1$/);
    expect(host.hostAddress).toBe(host.controlAddress);
    expect((await connect({ ...bed.localHost(), address: '192.0.2.7' })).hostAddress).toBe('192.0.2.7');
  });

  test.each([
    ['over SSH', () => bed.sshHost(0)],
    ['over SSH, where that forwards no sockets', () => bed.sshHost(1)],
    ['on this machine', () => bed.localHost()],
  ])('%s has the clock of this machine, as far as can be told', async (_how, spec) => {
    const clock = await (await connect(spec())).clock(signal);
    expect(clock?.uncertaintyMs).toBeGreaterThan(0);
    // All of the testbed is one machine: what is found lies within what is said, but for the grain of our own clock.
    expect(Math.abs(clock?.aheadMs ?? Number.NaN)).toBeLessThanOrEqual((clock?.uncertaintyMs ?? 0) + 1);
  });

  test('may have its engine at another socket or port', async () => {
    const socket = '/run/docker.sock';
    const host = await connect(bed.sshHost(0, { runtime: { kind: 'docker', dockerHost: `unix://${socket}` } }));
    expect((await host.images!.find(base, signal))?.ref).toBe(base);
    const refused = bed.sshHost(0, { runtime: { kind: 'docker', dockerHost: 'tcp://127.0.0.1:2375' } });
    expect(await faultOf(connect(refused))).toMatchObject({ kind: 'unreachable', what: 'docker', host: 'h1' });
    const nonsense = bed.sshHost(0, { runtime: { kind: 'docker', dockerHost: 'ssh://elsewhere' } });
    expect(await faultOf(connect(nonsense))).toMatchObject({ message: expect.stringContaining('docker_host of h1') });
  });
});

describe('a container', () => {
  test('has its own directory of the host at /config until it is removed', async () => {
    const host = await connect(bed.sshHost(0));
    const directory = join(bed.bed.hosts[0]!.home, 'peer-config/tm-alice-config');
    const id = await host.containers.run(
      shellOrder('alice', 12_000, `echo hi >/config/from-inside; ${FOREVER}`),
      signal,
    );
    await expect.poll(() => existsSync(join(directory, 'from-inside'))).toBe(true);
    await host.containers.remove(id, 0, signal);
    expect(existsSync(directory)).toBe(true);

    const bob = await host.containers.run(shellOrder('bob', 12_001, FOREVER), signal);
    const empty = join(bed.bed.hosts[0]!.home, 'peer-config/tm-bob-config');
    expect(existsSync(empty)).toBe(true);
    await host.containers.remove(bob, 0, signal);
    expect(existsSync(empty)).toBe(false);
  });

  test('on this machine has it below the home directory', async () => {
    const host = await connect(bed.localHost());
    const id = await host.containers.run(shellOrder('carol', 20_000 + (process.pid % 12_000), FOREVER), signal);
    const directory = join(bed.home, 'peer-config/tm-carol-config');
    expect(existsSync(directory)).toBe(true);
    await host.containers.remove(id, 0, signal);
    expect(existsSync(directory)).toBe(false);
  });

  test('that cannot be made leaves no directory', async () => {
    const host = await connect(bed.sshHost(0));
    const order = shellOrder('dave', 12_003, FOREVER, { image: imageRef('tm-test/nowhere:9') });
    await faultOf(host.containers.run(order, signal));
    expect(existsSync(join(bed.bed.hosts[0]!.home, 'peer-config/tm-dave-config'))).toBe(false);
  });

  test('gets its ports, volumes, limits and environment', async () => {
    const host = await connect(bed.sshHost(0));
    await mkdir(join(bed.bed.hosts[0]!.home, 'data'), { recursive: true });
    const order = shellOrder('erin', 12_004, FOREVER, {
      environment: { PLAIN: 'a b', TM_RUN_ID: 'not this' },
      ports: [
        { hostPort: 12_500, containerPort: 80, protocol: 'tcp' },
        { hostPort: 12_501, containerPort: 80, protocol: 'tcp' },
      ],
      volumes: [
        { source: '~/data', target: '/data', readOnly: true },
        { source: 'named', target: '/named', readOnly: false },
      ],
      memoryBytes: 64 * 1024 * 1024,
      cpus: 0.5,
    });
    const id = await host.containers.run({ ...order, runEnvironment: { TM_RUN_ID: 'run-1' } }, signal);
    const { Config, HostConfig } = await inspect(0, id);
    expect(HostConfig).toMatchObject({
      PortBindings: {
        '12004/udp': [{ HostPort: '12004' }],
        '80/tcp': [{ HostPort: '12500' }, { HostPort: '12501' }],
      },
      Binds: ['/root/peer-config/tm-erin-config:/config', '/root/data:/data:ro', 'named:/named'],
      ...{ Memory: 67_108_864, NanoCpus: 500_000_000, RestartPolicy: { Name: 'no' } },
    });
    expect(Config.Env).toContain('PLAIN=a b');
    expect(Config.Env.filter((one) => one.startsWith('TM_RUN_ID='))).toEqual(['TM_RUN_ID=run-1']);
    expect(Config.Labels).toMatchObject({ 'io.the-mule.peer': 'erin', 'io.the-mule.test': 'smoke' });
  });

  test('that eats more memory than it may is told as such', async () => {
    const host = await connect(bed.sshHost(0));
    const { told } = await listen(host);
    // Engines tell of it apart from the end: the shell that survives gives the word its time.
    const script = 'dd if=/dev/zero of=/dev/shm/big bs=1M count=60; sleep 1; exit 9';
    await host.containers.run(shellOrder('frank', 12_005, script, { memoryBytes: 16 * 1024 * 1024 }), signal);
    await expect.poll(() => told.length, { timeout: 15_000 }).toBe(1);
    expect(told[0]).toMatchObject({ name: 'tm-frank', exitCode: 9, oomKilled: true });
  });
});

describe('the clock of a host', () => {
  const ssh = async (user: HostSpec) => {
    const connector = new SshConnector({ home: bed.home, env: {}, localUser: 'root' }, {});
    const connection = await connector.open(user, signal);
    open.push(connection);
    return connection;
  };

  test('is told by a shell there', async () => {
    const clock = await sshClock(await ssh(bed.sshHost(0)), signal);
    expect(Math.abs(clock?.aheadMs ?? Number.NaN)).toBeLessThanOrEqual((clock?.uncertaintyMs ?? 0) + 1);
  });

  test('is told by a login shell that prints text first', async () => {
    const rc = join(bed.bed.hosts[0]!.home, '.bashrc');
    await writeFile(rc, 'echo "Welcome, it is 12.30"\n');
    try {
      const clock = await sshClock(await ssh(bed.sshHost(0)), signal);
      expect(Math.abs(clock?.aheadMs ?? Number.NaN)).toBeLessThanOrEqual((clock?.uncertaintyMs ?? 0) + 1);
    } finally {
      await rm(rc);
    }
  });

  test('is not told by a shell that cannot be had, and the engine is asked', async () => {
    const config = ['ForceCommand echo this account is for tunnels only'];
    await startSideSshd(bed.bed, bed.bed.hosts[0]!, { port: 2211, keys: ['ed25519'], config });
    const auth = { kind: 'key', path: bed.bed.keyPath } as const;
    const hostKey = { kind: 'accept-new' } as const;
    const spec = bed.sshHost(0, { connection: { kind: 'ssh', user: 'root', port: 2211, auth, hostKey } });
    expect(await sshClock(await ssh(spec), signal)).toBeUndefined();
    expect(await (await connect(spec)).clock(signal)).toMatchObject({ uncertaintyMs: expect.any(Number) });
  });

  test('is not waited for when the signal has come', async () => {
    const gone = AbortSignal.abort(new Error('enough'));
    await expect((await connect(bed.sshHost(0))).clock(gone)).rejects.toThrow('enough');
  });
});

describe('exits', () => {
  test('that happened while the connection was broken are told once', async () => {
    const host = await connect(bed.sshHost(0));
    const { told } = await listen(host);
    await host.containers.run(shellOrder('early', 12_010, 'exit 1'), signal);
    await host.containers.run(shellOrder('late', 12_011, 'sleep 1.5; exit 2'), signal);
    await expect.poll(() => told.length).toBe(1);
    await bed.bed.hosts[0]!.stopSsh();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await bed.bed.hosts[0]!.startSsh();
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(2);
    await host.containers.run(shellOrder('after', 12_012, 'exit 3'), signal);
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(3);
    expect(told.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ['tm-early', 1],
      ['tm-late', 2],
      ['tm-after', 3],
    ]);
  });

  test('are told across a restart of the engine, which ends everything', async () => {
    const host = await connect(bed.sshHost(0));
    const { told } = await listen(host);
    await host.containers.run(shellOrder('grace', 12_013, "trap 'exit 4' TERM; while :; do sleep 0.1; done"), signal);
    await bed.bed.hosts[0]!.stopDocker();
    await bed.bed.hosts[0]!.startDocker();
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(1);
    expect(told[0]).toMatchObject({ name: 'tm-grace', exitCode: 4 });
    await host.containers.run(shellOrder('heidi', 12_014, 'exit 5'), signal);
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(2);
  });

  test('end with `unreachable` when the host stays away', async () => {
    const host = await connect(bed.sshHost(1));
    const { done } = await listen(host);
    await bed.bed.hosts[1]!.stopSsh();
    try {
      expect(await faultOf(done)).toMatchObject({ kind: 'unreachable', what: 'host', host: 'h2' });
    } finally {
      await bed.bed.hosts[1]!.startSsh();
    }
  });
});

describe('a connection', () => {
  test('that broke is made anew for a question', async () => {
    const host = await connect(bed.sshHost(0));
    await bed.bed.hosts[0]!.stopSsh();
    await bed.bed.hosts[0]!.startSsh();
    expect(await host.images!.find(base, signal)).toBeDefined();
  });

  test.each([0, 1])('of host %i takes more calls at once than sshd has sessions', async (at) => {
    const host = await connect(bed.sshHost(at));
    const { told } = await listen(host);
    const found = await Promise.all(Array.from({ length: 60 }, () => host.images!.find(base, signal)));
    expect(new Set(found.map((image) => image?.identity)).size).toBe(1);
    const peers = Array.from({ length: 12 }, (_none, index) => `peer-${index}`);
    await Promise.all(
      peers.map((peer, index) => host.containers.run(shellOrder(peer, 12_100 + index, 'exit 0'), signal)),
    );
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(peers.length);
  });
});

describe('a login shell that prints text', () => {
  const rc = (): string => join(bed.bed.hosts[1]!.home, '.bashrc');
  afterEach(() => rm(rc(), { force: true }));

  test('is no hindrance where the engine is reached by the docker command', async () => {
    await writeFile(rc(), 'echo "Welcome to $(hostname)"\nprintf "no newline"\necho "and complaints" >&2\n');
    const host = await connect(bed.sshHost(1));
    expect(host.name).toBe('h2');
    const id = await host.containers.run(shellOrder('alice', 12_300, 'echo hello; exec sleep 100'), signal);
    const read = async () => {
      let text = '';
      for await (const piece of host.containers.output(id, {}, signal)) text += piece;
      return text;
    };
    await expect.poll(read, { timeout: 10_000 }).toBe('hello\n');
    // As much as the wire takes, through the same streams.
    await using control = await bed.hosts().control(signal);
    await control.courier.send(base, host.images!, new Set(), () => {}, signal);
    expect(await host.images!.find(base, signal)).toBeDefined();
    await host.containers.remove(id, 0, signal);
  });

  test('and ends is told with what it wrote', async () => {
    await writeFile(rc(), 'echo "closed for maintenance"\nexit 0\n');
    expect(await faultOf(connect(bed.sshHost(1)))).toMatchObject({
      ...{ kind: 'unreachable', what: 'docker', host: 'h2' },
      message: 'the login shell of root on h2 did not run the docker command, and wrote: closed for maintenance',
      hint: expect.stringContaining('~/.bashrc'),
    });
  });
});

describe('an engine that cannot be used is told apart:', () => {
  test('it does not run', async () => {
    await bed.bed.hosts[0]!.stopDocker();
    try {
      expect(await faultOf(connect(bed.sshHost(0)))).toMatchObject({
        ...{ kind: 'unreachable', what: 'docker', host: 'h1' },
        ...{
          message: expect.stringContaining('does not run'),
          hint: expect.stringContaining('systemctl start docker'),
        },
      });
    } finally {
      await bed.bed.hosts[0]!.startDocker();
    }
  });

  test('it is not installed', async () => {
    const config = ['SetEnv PATH=/nowhere', 'AllowStreamLocalForwarding no'];
    await startSideSshd(bed.bed, bed.bed.hosts[0]!, { port: 2210, keys: ['ed25519'], config });
    const auth = { kind: 'key', path: bed.bed.keyPath } as const;
    const hostKey = { kind: 'accept-new' } as const;
    const connection = { kind: 'ssh', user: 'root', port: 2210, auth, hostKey } as const;
    expect(await faultOf(connect(bed.sshHost(0, { connection })))).toMatchObject({
      ...{ kind: 'unreachable', what: 'docker', host: 'h1', message: expect.stringContaining('was not found') },
    });
  });

  test('this machine has none where DOCKER_HOST says', async () => {
    const control = (dockerHost: string) => faultOf(bed.hosts({ env: { DOCKER_HOST: dockerHost } }).control(signal));
    const unreachable = { kind: 'unreachable', what: 'docker' };
    expect(await control('unix:///nowhere/docker.sock')).toMatchObject({
      ...{ ...unreachable, message: expect.stringContaining('/nowhere/docker.sock') },
    });
    expect(await control('tcp://127.0.0.1:9')).toMatchObject(unreachable);
    expect(await control('ssh://root@10.0.0.1')).toMatchObject({ message: expect.stringContaining('DOCKER_HOST') });
    expect(await control('not an address')).toMatchObject({ message: expect.stringContaining('DOCKER_HOST') });
  });
});
