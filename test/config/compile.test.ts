import { describe, expect, it } from 'vitest';
import schema from '../../schemas/test-config.schema.json' with { type: 'json' };
import { DEFAULTS } from '../../src/config/defaults.ts';
import type { HostSpec, PeerSpec, RedisSpec, Spec } from '../../src/model/spec.ts';
import { loadText } from './load-text.ts';
import { VALID } from './valid-config.ts';

async function specOf(text: string): Promise<Spec> {
  const { spec, faults } = await loadText(text, { path: '/w/t.yaml' });
  if (spec === undefined) throw new Error(faults.map(({ message }) => message).join('; '));
  return spec;
}

const AROUND =
  'name: t\nredis: { port: 1, image: r }\nhosts: [{ address: h }]\npeers: [{ name: a, image: i }]\ncommands: []\n';

async function hostOf(text: string): Promise<HostSpec | undefined> {
  return (await specOf(AROUND.replace('{ address: h }', `{ address: ${text} }`))).hosts[0];
}

async function peerOf(text: string): Promise<PeerSpec | undefined> {
  return (await specOf(AROUND.replace('{ name: a, image: i }', `{ name: a, image: i, ${text} }`))).peers[0];
}

async function redisOf(text: string): Promise<RedisSpec> {
  return (await specOf(AROUND.replace('{ port: 1, image: r }', `{ ${text} }`))).redis;
}

describe('a config of the Rust tool', () => {
  it('means what it means there', async () => {
    expect(await specOf(VALID)).toEqual({
      test: 'smoke-5peer',
      file: '/w/t.yaml',
      timeouts: { startupSeconds: 90, shutdownSeconds: 20 },
      redis: { runtime: { kind: 'docker', image: 'redis:7-alpine' }, port: 6399, auth: 'generated' },
      images: ['ghcr.io/acme/node:1.4'],
      removeImages: false,
      hosts: [
        {
          name: 'garage',
          address: '10.0.0.5',
          connection: { kind: 'ssh', user: 'test', auth: { kind: 'agent' } },
          runtime: { kind: 'docker' },
          basePort: 11984,
          tags: ['arm', 'eu'],
        },
        {
          name: '203.0.113.7',
          address: '203.0.113.7',
          connection: { kind: 'ssh', user: 'root', auth: { kind: 'key', path: '~/.ssh/id_ed25519' } },
          runtime: { kind: 'docker' },
          basePort: 12000,
          tags: ['x86'],
        },
      ],
      peers: [
        {
          name: 'alice',
          image: 'ghcr.io/acme/node:1.4',
          bootstrap: [],
          environment: { RUST_LOG: 'info', ROLE: 'relay' },
          runsOn: ['arm'],
          ports: [],
          volumes: [],
        },
        {
          name: 'bob',
          image: 'ghcr.io/acme/node:1.4',
          bootstrap: ['alice'],
          environment: { RUST_LOG: 'info', ROLE: 'leaf', EMPTY: '' },
          runsOn: ['arm', 'eu'],
          ports: [],
          volumes: [],
        },
        {
          name: 'charlie',
          image: 'ghcr.io/acme/node:1.4',
          bootstrap: ['alice', 'bob'],
          environment: { RUST_LOG: 'info' },
          runsOn: [],
          ports: [],
          volumes: [],
        },
      ],
      commands: [
        { atMs: 0, peer: 'alice', command: 'connect', line: 41 },
        { atMs: 0, peer: 'bob', command: 'connect', line: 42 },
        { atMs: 10_000, peer: 'alice', command: 'push|bob|hello: "you"', line: 44 },
        { atMs: 25_500, peer: 'charlie', command: 'restart|5', line: 47 },
      ],
      expectations: [],
      vars: {},
      logLevel: 'debug',
    });
  });

  it('has the defaults that the schema names where it says nothing', async () => {
    const { $defs, properties } = schema;
    expect(DEFAULTS).toEqual({
      startupSeconds: $defs.Timeout.properties.startup.default,
      shutdownSeconds: $defs.Timeout.properties.shutdown.default,
      basePort: $defs.Host.properties.base_port.default,
      logLevel: properties.log_level.default,
      removeImages: properties.remove_images.default,
      auth: $defs.Redis.properties.auth.default,
      redisRuntime: $defs.Redis.properties.runtime.default,
      hostRuntime: $defs.Host.properties.runtime.default,
    });
    const spec = await specOf(AROUND);
    expect(spec).toMatchObject({
      timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
      redis: { runtime: { kind: 'docker' }, auth: 'generated' },
      images: [],
      removeImages: false,
      hosts: [{ name: 'h', connection: { kind: 'ssh' }, runtime: { kind: 'docker' }, basePort: 11984, tags: [] }],
      logLevel: 'info',
    });
  });

  it('may leave lists and maps empty, and give one timeout alone', async () => {
    const text =
      'name: t\ntimeout:\nredis: { port: 1, image: r }\nimages:\npeer_environment:\nhosts:\npeers:\ncommands:\n';
    expect(await specOf(text)).toMatchObject({ images: [], hosts: [], peers: [], commands: [] });
    const one = await specOf(AROUND.replace('name: t', 'name: t\ntimeout: { shutdown: 0.5 }'));
    expect(one.timeouts).toEqual({ startupSeconds: 60, shutdownSeconds: 0.5 });
  });

  it('has its commands by time, and those of one time in the order of the file', async () => {
    const commands = [3, 0.1, 3, 0, 0.1]
      .map((time, index) => `{ time: ${time}, peer: a, command: c${index} }`)
      .join(', ');
    const spec = await specOf(AROUND.replace('commands: []', `commands: [${commands}]`));
    expect(spec.commands.map(({ atMs, command }) => `${atMs} ${command}`)).toEqual([
      '0 c3',
      '100 c1',
      '100 c4',
      '3000 c0',
      '3000 c2',
    ]);
  });

  it('is read to the millisecond', async () => {
    const times = [0.001, 0.29, 1.005, 4.35, 1e3, 31536000];
    const commands = times.map((time) => `{ time: ${time}, peer: a, command: c }`).join(', ');
    const { spec, faults } = await loadText(AROUND.replace('commands: []', `commands: [${commands}]`));
    expect(faults).toEqual([]);
    expect(spec?.commands.map(({ atMs }) => atMs)).toEqual([1, 290, 1005, 4350, 1e6, 31_536_000_000]);
  });
});

describe('environment', () => {
  it.each([
    [
      'a map',
      '{ S: text, N: 1.10, B: yes, T: true, Z:, Q: "5", E: "" }',
      { S: 'text', N: '1.10', B: 'yes', T: 'true', Z: '', Q: '5', E: '' },
    ],
    ['a list', '[A=1, "B=x=y", C=]', { A: '1', B: 'x=y', C: '' }],
    ['nothing', '', {}],
    [
      'numbers as they are written',
      '{ A: 0x1F, B: 1e3, C: 007, D: 12345678901234567890, E: .inf, F: ~ }',
      { A: '0x1F', B: '1e3', C: '007', D: '12345678901234567890', E: '.inf', F: '' },
    ],
  ])('may be %s', async (_, written, expected) => {
    const both = AROUND.replace('{ name: a, image: i }', `{ name: a, image: i, environment: ${written} }`);
    expect(
      (await specOf(both.replace('{ name: a, image: i, environment:  }', '{ name: a, image: i, environment: }')))
        .peers[0]?.environment,
    ).toEqual(expected);
    expect((await specOf(`${AROUND}peer_environment: ${written}\n`)).peers[0]?.environment).toEqual(expected);
  });

  it("has the peer's own values before those for all, and none of the system's", async () => {
    const text = `${AROUND.replace('{ name: a, image: i }', '{ name: a, image: i, environment: { B: own, PEER_NAME: x } }')}peer_environment: [A=all, B=all, REDIS_URL=x]\n`;
    expect((await specOf(text)).peers[0]?.environment).toEqual({ A: 'all', B: 'own' });
  });
});

describe('hosts', () => {
  it.each([
    ['localhost', { kind: 'local' }],
    ['127.0.0.1', { kind: 'local' }],
    ['"::1"', { kind: 'local' }],
    ['Localhost', { kind: 'local' }],
    ['h, connection: local', { kind: 'local' }],
    ['h', { kind: 'ssh' }],
    ['localhost, connection: ssh', { kind: 'ssh' }],
    ['localhost, ssh_user: me', { kind: 'ssh', user: 'me' }],
    ['localhost, ssh_auth: agent', { kind: 'ssh', auth: { kind: 'agent' } }],
    ['h, ssh_auth: /k', { kind: 'ssh', auth: { kind: 'key', path: '/k' } }],
    ['h, ssh_port: 2222', { kind: 'ssh', port: 2222 }],
    ['h, host_key: strict', { kind: 'ssh', hostKey: { kind: 'strict' } }],
    ['h, host_key: accept-new', { kind: 'ssh', hostKey: { kind: 'accept-new' } }],
    [
      'h, host_key: "SHA256:uNiVztksCsDhcc0u9e8BrrkDPXSJRFLKKKc1Wa1jc3I="',
      { kind: 'ssh', hostKey: { kind: 'fingerprint', sha256: 'uNiVztksCsDhcc0u9e8BrrkDPXSJRFLKKKc1Wa1jc3I' } },
    ],
  ])('are reached as they say: %s', async (text, expected) => {
    expect((await hostOf(text))?.connection).toEqual(expected);
  });

  it.each([
    ['h, runtime: docker', { kind: 'docker' }],
    [
      'h, docker_host: unix:///run/user/1000/docker.sock',
      { kind: 'docker', dockerHost: 'unix:///run/user/1000/docker.sock' },
    ],
    ['h, docker_host: "tcp://127.0.0.1:2375"', { kind: 'docker', dockerHost: 'tcp://127.0.0.1:2375' }],
    ['localhost, runtime: process', { kind: 'process' }],
  ])('run peers as they say: %s', async (text, expected) => {
    expect((await hostOf(text))?.runtime).toEqual(expected);
  });

  it('have their tags sorted and once', async () => {
    expect((await hostOf('h, tags: [b, a, b]'))?.tags).toEqual(['a', 'b']);
  });
});

describe('redis', () => {
  it.each([
    ['port: 1, image: r', { runtime: { kind: 'docker', image: 'r' }, port: 1, auth: 'generated' }],
    [
      'port: 1, image: r, runtime: docker, auth: none',
      { runtime: { kind: 'docker', image: 'r' }, port: 1, auth: 'none' },
    ],
    ['port: 1, runtime: process, auth: generated', { runtime: { kind: 'process' }, port: 1, auth: 'generated' }],
    [
      'port: 1, runtime: process, advertise: 192.0.2.1',
      { runtime: { kind: 'process' }, port: 1, advertise: '192.0.2.1', auth: 'generated' },
    ],
    [
      'port: 1, runtime: process, advertise: "h.example:6400"',
      { runtime: { kind: 'process' }, port: 1, advertise: 'h.example:6400', auth: 'generated' },
    ],
    [
      'port: 1, runtime: process, advertise: "[fe80::1]:6400"',
      { runtime: { kind: 'process' }, port: 1, advertise: '[fe80::1]:6400', auth: 'generated' },
    ],
    [
      'port: 1, runtime: process, advertise: "fe80::1"',
      { runtime: { kind: 'process' }, port: 1, advertise: 'fe80::1', auth: 'generated' },
    ],
  ])('%s', async (text, expected) => {
    expect(await redisOf(text)).toEqual(expected);
  });
});

describe('peers', () => {
  it.each([
    ['command: [sh, -c, "a b"]', { command: ['sh', '-c', 'a b'] }],
    ['command: "./peer --name \'a b\' $HOME"', { command: ['./peer', '--name', 'a b', '$HOME'] }],
    ['command: 5', { command: ['5'] }],
    [
      'ports: [8080, "81:80", "82:80/tcp", "83:80/udp", "84/udp"]',
      {
        ports: [
          { hostPort: 8080, containerPort: 8080, protocol: 'tcp' },
          { hostPort: 81, containerPort: 80, protocol: 'tcp' },
          { hostPort: 82, containerPort: 80, protocol: 'tcp' },
          { hostPort: 83, containerPort: 80, protocol: 'udp' },
          { hostPort: 84, containerPort: 84, protocol: 'udp' },
        ],
      },
    ],
    [
      'volumes: [/a:/b, ~/c:/d:ro, cache:/e/:rw]',
      {
        volumes: [
          { source: '/a', target: '/b', readOnly: false },
          { source: '~/c', target: '/d', readOnly: true },
          { source: 'cache', target: '/e', readOnly: false },
        ],
      },
    ],
    ['memory: 256m', { memoryBytes: 268_435_456 }],
    ['memory: 1.5G', { memoryBytes: 1_610_612_736 }],
    ['memory: 512MiB', { memoryBytes: 536_870_912 }],
    ['memory: 10000000', { memoryBytes: 10_000_000 }],
    ['memory: 10000000b', { memoryBytes: 10_000_000 }],
    ['cpus: 0.5', { cpus: 0.5 }],
    ['runs_on: x', { runsOn: ['x'] }],
    ['runs_on: [y, x, y]', { runsOn: ['x', 'y'] }],
    ['runs_on:', { runsOn: [] }],
  ])('%s', async (text, expected) => {
    const host = AROUND.replace('{ address: h }', '{ address: h, tags: [x, y] }');
    const spec = await specOf(host.replace('{ name: a, image: i }', `{ name: a, image: i, ${text} }`));
    expect(spec.peers[0]).toMatchObject(expected);
  });

  it('without an optional key have no such member', async () => {
    expect(await peerOf('bootstrap: []')).toEqual({
      name: 'a',
      image: 'i',
      bootstrap: [],
      environment: {},
      runsOn: [],
      ports: [],
      volumes: [],
    });
  });
});
