import { describe, expect, it } from 'vitest';
import type { DesiredPeer, Workload } from '../../src/model/desired.ts';
import { hostName, imageRef, peerName } from '../../src/model/names.ts';
import { changedAttributes, parseSpecLabel, specLabel } from '../../src/plan/spec-label.ts';
import { NODE } from './fixtures.ts';

type Container = Extract<Workload, { kind: 'container' }>;
type Process = Extract<Workload, { kind: 'process' }>;

const system = { PEER_NAME: 'alice', LISTEN_ADDR: '/ip4/0.0.0.0/udp/11984/quic-v1', HOST_NAME: 'host-0' };
const container: Container = {
  kind: 'container',
  image: NODE,
  environment: { ...system, A: '1' },
  ports: [],
  volumes: [],
};
const process: Process = {
  kind: 'process',
  command: ['node', 'peer.ts'],
  workingDirectory: '/work',
  environment: system,
};
const around = { redisAddress: '192.0.2.1:6399', hostAddress: 'h0' };
const tcp = { hostPort: 80, containerPort: 80, protocol: 'tcp' } as const;
const udp = { hostPort: 81, containerPort: 81, protocol: 'udp' } as const;

const peerOf = (workload: Workload, port = 11984): DesiredPeer => ({
  peer: peerName('alice'),
  host: hostName('host-0'),
  port,
  workload,
});
const label = (workload: Workload, port?: number, where = around) => specLabel(peerOf(workload, port), where);

describe('specLabel', () => {
  it('names each attribute that is set, in a fixed order, with a short digest', () => {
    expect(label(container)).toMatch(
      /^image=[0-9a-f]{12} environment=[0-9a-f]{12} listen=[0-9a-f]{12} host=[0-9a-f]{12} host-address=[0-9a-f]{12} redis-address=[0-9a-f]{12}$/,
    );
    expect([...(parseSpecLabel(label(process)) ?? []).keys()]).toEqual([
      'program',
      'arguments',
      'working-directory',
      'listen',
      'host',
      'host-address',
      'redis-address',
    ]);
  });

  it('names exactly the attribute that changed', () => {
    const changes: readonly (readonly [string, string])[] = [
      ['image', label({ ...container, image: imageRef('acme/node:1.5') })],
      ['command', label({ ...container, command: ['--fast'] })],
      ['environment', label({ ...container, environment: { ...system, A: '2' } })],
      ['environment', label({ ...container, environment: system })],
      ['ports', label({ ...container, ports: [tcp] })],
      ['volumes', label({ ...container, volumes: [{ source: '/a', target: '/a', readOnly: false }] })],
      ['memory', label({ ...container, memoryBytes: 1 })],
      ['cpus', label({ ...container, cpus: 0.5 })],
      ['host', label({ ...container, environment: { ...container.environment, HOST_NAME: 'renamed' } })],
      ['host-address', label(container, 11984, { ...around, hostAddress: 'elsewhere' })],
      ['redis-address', label(container, 11984, { ...around, redisAddress: '192.0.2.1:6400' })],
    ];
    expect(changes.map(([, changed]) => changedAttributes(label(container), changed))).toEqual(
      changes.map(([name]) => [name]),
    );
    const moved = { ...container.environment, LISTEN_ADDR: '/ip4/0.0.0.0/udp/11985/quic-v1' };
    expect(changedAttributes(label(container), label({ ...container, environment: moved }, 11985))).toEqual(['listen']);
    const processes: readonly (readonly [string, string])[] = [
      ['program', label({ ...process, command: ['deno', 'peer.ts'] })],
      ['arguments', label({ ...process, command: ['node'] })],
      ['working-directory', label({ ...process, workingDirectory: '/elsewhere' })],
    ];
    expect(processes.map(([, changed]) => changedAttributes(label(process), changed))).toEqual(
      processes.map(([name]) => [name]),
    );
  });

  it('does not depend on the order in which variables, ports or volumes are written', () => {
    const volumes = ['/a', '/b'].map((source) => ({ source, target: source, readOnly: false }));
    const one: Container = { ...container, environment: { A: '1', B: '2' }, ports: [tcp, udp], volumes };
    const other: Container = {
      ...container,
      environment: { B: '2', A: '1' },
      ports: [udp, tcp],
      volumes: [...volumes].reverse(),
    };
    expect(label(other)).toBe(label(one));
  });

  it('shows no value', () => {
    const secret = label({ ...container, environment: { ...system, TOKEN: 'hunter2' } });
    expect(secret).not.toContain('hunter2');
    expect(secret).not.toContain('192.0.2.1');
  });
});

describe('changedAttributes', () => {
  it.each([
    '',
    ' ',
    '5f3ac0ffee',
    'image=xyz',
    'image',
    `${label(container)} `,
    `${label(container)} ${label(container)}`,
  ])('calls a label that is not ours unknown: %j', (unknown) => {
    expect(parseSpecLabel(unknown)).toBeUndefined();
    expect(changedAttributes(unknown, label(container))).toEqual(['unknown label']);
  });

  it('names an attribute that only one of them has', () => {
    const newer = `${label(container)} gpus=0123456789ab`;
    expect(changedAttributes(newer, label(container))).toEqual(['gpus']);
    expect(changedAttributes(label(container), newer)).toEqual(['gpus']);
  });

  it('finds nothing between equal labels', () => {
    expect(changedAttributes(label(container), label({ ...container }))).toEqual([]);
  });
});
