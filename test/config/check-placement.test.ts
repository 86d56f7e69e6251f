import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../src/config/load.ts';
import type { Spec } from '../../src/model/spec.ts';
import { place } from '../../src/plan/place.ts';
import { faultsOf, loadText } from './load-text.ts';

const options: LoadOptions = {
  place: (fleet) => {
    const placement = place(fleet as Spec);
    return placement.kind === 'placed' ? placement.peers : [];
  },
};

function config(hosts: readonly string[], peers: readonly string[], redis = '{ port: 6399, image: r }'): string {
  const names = peers.map((peer) => /name: (\w+)/.exec(peer)?.[1]);
  return [
    'name: t',
    `redis: ${redis}`,
    'hosts:',
    ...hosts.map((host) => `  - { ${host} }`),
    'peers:',
    ...peers.map((peer) => `  - { ${peer} }`),
    'commands:',
    ...names.map((name) => `  - { time: 0, peer: ${name}, command: c }`),
    '',
  ].join('\n');
}

describe('placement', () => {
  it('has nothing to say of peers that fit', async () => {
    expect(
      await faultsOf(config(['address: h', 'address: g'], ['name: a, image: i', 'name: b, image: i']), options),
    ).toEqual([]);
  });

  it('is not looked at without a rule for it, or when hosts or peers are not sound', async () => {
    const text = config(['address: h, base_port: 65535'], ['name: a, image: i', 'name: b, image: i']);
    expect(await faultsOf(text)).toEqual([]);
    expect((await faultsOf(text.replace('name: b,', 'name: "b b",'), options)).join()).not.toMatch(/port-too-high/);
  });

  it('is looked at when only other parts are faulty', async () => {
    const text = config(['address: h, base_port: 65535'], ['name: a, image: i', 'name: b, image: i']);
    expect(
      (await faultsOf(text.replace('command: c', 'comand: c'), options)).map(
        (line) => /error ([a-z-]+)/.exec(line)?.[1],
      ),
    ).toEqual(['port-too-high', 'unknown-key']);
  });

  it('tells of ports over 65535 once a host', async () => {
    const peers = ['a', 'b', 'c'].map((name) => `name: ${name}, image: i`);
    expect(await faultsOf(config(['address: h, base_port: 65534'], peers), options)).toEqual([
      '4:30 «65534» error port-too-high: c would have the port 65536, and the highest is 65535 | a base_port of at most 65533 has room for the 3 peers of h',
    ]);
  });

  it('tells of two peers with one address and port', async () => {
    const hosts = ['address: h, name: x, base_port: 12000', 'address: H, name: y, base_port: 12001'];
    const peers = ['a', 'b', 'c'].map((name) => `name: ${name}, image: i`);
    expect(await faultsOf(config(hosts, peers), options)).toEqual([
      '4:39 «12000» error same-port: c and b would both have h port 12001/udp | give host entries of one machine base ports that lie further apart',
    ]);
    // Behind different SSH ports there are different machines.
    expect(
      await faultsOf(
        config(
          hosts.map((host, index) => `${host}, ssh_port: ${2201 + index}`),
          peers,
        ),
        options,
      ),
    ).toEqual([]);
  });

  it('tells of published ports that are taken, by protocol', async () => {
    const peers = [
      'name: a, image: i, ports: [8080, "11985:1/udp"]',
      'name: b, image: i, ports: ["8080:81", "8081:1", "8081:2"]',
    ];
    expect(await faultsOf(config(['address: h'], peers), options)).toEqual(
      [
        '7:34 «"8080:81"» error same-port: a has port 8080/tcp on h already | publish another port, or send one of them elsewhere with runs_on',
        '7:55 «"8081:2"» error same-port: b has port 8081/tcp on h already | publish another port, or send one of them elsewhere with runs_on',
        '4:5 «{ address: h }» error same-port: b and a would both have h port 11985/udp | give host entries of one machine base ports that lie further apart',
      ].sort(),
    );
    expect(
      await faultsOf(
        config(
          ['address: h', 'address: g'],
          peers.map((peer) => peer.replace(', "8081:2"', '')),
        ),
        options,
      ),
    ).toEqual([]);
  });

  it('tells of a published port that Redis has, unless Redis is somewhere else', async () => {
    const text = config(['address: localhost'], ['name: a, image: i, ports: [6399]']);
    expect(await faultsOf(text, options)).toEqual([
      '6:34 «6399» error same-port: Redis has port 6399/tcp on localhost already | publish another port, or send one of them elsewhere with runs_on',
    ]);
    expect(await faultsOf(text, { ...options, externalRedis: true })).toEqual([]);
    expect(await faultsOf(text.replace('localhost', 'h'), options)).toEqual([]);
  });

  it('tells of peers that lack what their host runs', async () => {
    const hosts = ['address: h, tags: [d]', 'address: localhost, runtime: process, tags: [p]'];
    const peers = [
      'name: a, command: x, runs_on: d',
      'name: b, image: i, runs_on: p',
      'name: c, command: x, runs_on: p',
    ];
    expect(await faultsOf(config(hosts, peers), options)).toEqual([
      '7:13 «a» error missing-image: a is placed on h, which runs containers, and has no image | add `image:`, or place it elsewhere with runs_on',
      '8:13 «b» error missing-command: b is placed on localhost, which runs processes, and has no command | add `command:`, or place it elsewhere with runs_on',
    ]);
  });

  it('warns of keys that do nothing for a process, and of hosts that nobody is placed on', async () => {
    const hosts = ['address: localhost, runtime: process', 'address: h, name: idle'];
    const peers = ['name: a, command: x, cpus: 1, memory: 1g, ports: [1], volumes: [/a:/b]'];
    expect(await faultsOf(config(hosts, peers), options)).toEqual([
      '5:5 «{ address: h, name: idle }» warning idle-host: no peer is placed on idle',
      '7:28 «cpus» warning unused-key: `cpus` does nothing: a is placed on localhost, which runs processes',
      '7:37 «memory» warning unused-key: `memory` does nothing: a is placed on localhost, which runs processes',
      '7:49 «ports» warning unused-key: `ports` does nothing: a is placed on localhost, which runs processes',
      '7:61 «volumes» warning unused-key: `volumes` does nothing: a is placed on localhost, which runs processes',
    ]);
  });

  it('places what the file means even where names and tags are numbers', async () => {
    const { spec, faults } = await loadText(
      config(['address: h, tags: [1]'], ['name: 7, image: i, runs_on: [1]']),
      options,
    );
    expect(faults).toEqual([]);
    expect(spec?.peers).toMatchObject([{ name: '7', runsOn: ['1'] }]);
  });
});
