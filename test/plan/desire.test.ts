import { describe, expect, it } from 'vitest';
import { hostName, imageRef, peerName } from '../../src/model/names.ts';
import { desire } from '../../src/plan/desire.ts';
import { aHost, aPeer, aSpec, desiredOf, NODE, REDIS, refs } from './fixtures.ts';

describe('desire', () => {
  it("gives a peer its own environment, with the system's variables winning and the run's left out", () => {
    const environment = {
      ROUNDS: '3',
      PEER_NAME: 'mallory',
      LISTEN_ADDR: 'x',
      HOST_NAME: 'x',
      REDIS_URL: 'x',
      HOST_ADDR: 'x',
      TM_RUN_ID: 'x',
    };
    const [alice] = desiredOf(aSpec({ peers: [aPeer('alice', { environment })] })).peers;
    expect(alice?.workload.environment).toEqual({
      ROUNDS: '3',
      PEER_NAME: 'alice',
      LISTEN_ADDR: '/ip4/0.0.0.0/udp/11984/quic-v1',
      HOST_NAME: 'host-0',
    });
  });

  it('makes a container of it on a Docker host, and a process on a host that runs processes', () => {
    const hosts = [aHost('docker'), aHost('local', { runtime: { kind: 'process' } })];
    const own = {
      command: ['node', 'peer.ts'],
      ports: [{ hostPort: 80, containerPort: 8080, protocol: 'tcp' }],
      volumes: [{ source: '~/data', target: '/data', readOnly: true }],
      memoryBytes: 256e6,
      cpus: 0.5,
    } as const;
    const [alice, bob] = desiredOf(aSpec({ hosts, peers: [aPeer('alice', own), aPeer('bob', own)] })).peers;
    expect(alice?.workload).toEqual({
      kind: 'container',
      image: NODE,
      ...own,
      environment: alice?.workload.environment,
    });
    expect(bob?.workload).toEqual({
      kind: 'process',
      command: ['node', 'peer.ts'],
      workingDirectory: '/home/me/tests',
      environment: bob?.workload.environment,
    });
  });

  it('unites listed and needed images, each with the Docker hosts that need it', () => {
    const hosts = [aHost('b'), aHost('a'), aHost('local', { runtime: { kind: 'process' } })];
    const peers = [aPeer('p1'), aPeer('p2', { image: imageRef('other') }), aPeer('p3'), aPeer('p4')];
    const desired = desiredOf(aSpec({ hosts, peers, images: refs('zoo', NODE) }));
    expect(desired.images).toEqual([
      { ref: NODE, hosts: ['b'], onControl: false },
      { ref: 'other', hosts: ['a'], onControl: false },
      { ref: REDIS, hosts: [], onControl: true },
      { ref: 'zoo', hosts: [], onControl: false },
    ]);
  });

  it('lists the hosts of an image in file order', () => {
    const desired = desiredOf(aSpec({ hosts: [aHost('b'), aHost('a')] }));
    expect(desired.images[0]).toEqual({ ref: NODE, hosts: ['b', 'a'], onControl: false });
  });

  it('knows three kinds of Redis; an external one needs no image', () => {
    const spec = aSpec();
    expect(desiredOf(spec).redis).toEqual({ kind: 'container', image: REDIS, port: 6399, auth: 'generated' });
    expect(desiredOf(aSpec({ redis: { runtime: { kind: 'process' }, port: 7000, auth: 'none' } })).redis).toEqual({
      kind: 'process',
      port: 7000,
      auth: 'none',
    });
    const external = desiredOf(spec, 'redis://:[redacted]@db:6379/0');
    expect(external.redis).toEqual({ kind: 'external', display: 'redis://:[redacted]@db:6379/0' });
    expect(external.images.map(({ ref }) => ref)).toEqual([NODE]);
  });

  it('sorts peers by name, and leaves out a placement of what is not in the spec', () => {
    const at = (peer: string, host: string) => ({ peer: peerName(peer), host: hostName(host), port: 1 });
    const placed = [at('bob', 'host-1'), at('alice', 'host-0'), at('mallory', 'host-0'), at('alice', 'nowhere')];
    expect(desire(aSpec(), placed).peers.map(({ peer, host }) => `${peer} ${host}`)).toEqual([
      'alice host-0',
      'bob host-1',
    ]);
  });
});
