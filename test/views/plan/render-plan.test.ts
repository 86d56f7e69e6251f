import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { imageRef, testName } from '../../../src/model/names.ts';
import type { Observed } from '../../../src/model/observed.ts';
import type { Spec } from '../../../src/model/spec.ts';
import { summarize } from '../../../src/plan/summary.ts';
import { teardown } from '../../../src/plan/teardown.ts';
import { planJson } from '../../../src/views/plan/plan-json.ts';
import { renderPlan } from '../../../src/views/plan/render-plan.ts';
import { apply } from '../../plan/apply.ts';
import {
  aCommand,
  aForeign,
  aHost,
  anImage,
  aPeer,
  type aReachable,
  aSpec,
  desiredOf,
  emptyWorld,
  planOf,
  REDIS,
  RUN,
} from '../../plan/fixtures.ts';

const color = new Chalk({ level: 0 });
const NAMES = ['alice', 'bob', 'charlie', 'dave', 'eve'];
const NODE_3 = 'ghcr.io/acme/node:1.3';
const NODE_4 = 'ghcr.io/acme/node:1.4';

/** The smoke test of the example, on two hosts. */
const smoke = (image = NODE_4): Spec =>
  aSpec({
    test: testName('smoke-5peer'),
    hosts: [aHost('garage', { address: '10.0.0.5' }), aHost('cloud', { address: '203.0.113.7' })],
    peers: NAMES.map((name) => aPeer(name, { image: imageRef(image) })),
    commands: [
      ...NAMES.map((name) => aCommand(0, name, 'connect')),
      aCommand(10_000, 'alice', 'push|bob|hello-from-alice'),
      aCommand(15_000, 'bob', 'pull'),
      aCommand(25_000, 'dave', 'restart|5'),
      ...['alice', 'bob', 'charlie', 'eve'].map((name) => aCommand(40_000, name, 'disconnect')),
    ],
  });

const images = [
  anImage(NODE_3, ['debian', 'libs', 'node-1.3']),
  anImage(NODE_4, ['debian', 'libs', 'node-1.4']),
  anImage(REDIS, ['debian', 'redis']),
];

const show = (spec: Spec, observed: Observed, options: { width?: number; verbose?: boolean } = {}): string => {
  const plan = planOf(desiredOf(spec), observed);
  return `\n${renderPlan(plan, { spec }, { summary: summarize(plan), color, ...options })}`;
};

function standing(spec: Spec): Observed {
  const empty = emptyWorld(spec, images);
  return apply(empty, planOf(desiredOf(spec), empty), { registry: (ref) => anImage(ref, ['r']), run: RUN });
}

function changeHost(world: Observed, name: string, change: Partial<ReturnType<typeof aReachable>>): Observed {
  return {
    ...world,
    hosts: world.hosts.map((host) => (host.host === name ? ({ ...host, ...change } as typeof host) : host)),
  };
}

describe('renderPlan', () => {
  it('shows a first run', () => {
    const world = changeHost(emptyWorld(smoke(), images), 'garage', { layerChains: [['debian', 'libs', 'else']] });
    expect(show(smoke(), world)).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 5 peers, 12 commands over 40 s

        garage  10.0.0.5
          + image      ghcr.io/acme/node:1.4   10 MB of 30 MB to send (1 of 3 layers is missing)
          + container  tm-alice    :11984/udp  not there
          + container  tm-charlie  :11985/udp  not there
          + container  tm-eve      :11986/udp  not there

        cloud   203.0.113.7
          + image      ghcr.io/acme/node:1.4   30 MB to send
          + container  tm-bob      :11984/udp  not there
          + container  tm-dave     :11985/udp  not there

        this machine
          + redis      tm-redis    :6399/tcp   not there

        timeline
           0.0s  alice bob charlie dave eve  connect
          10.0s  alice                       push|bob|hello-from-alice
          15.0s  bob                         pull
          25.0s  dave                        restart|5
          40.0s  alice bob charlie eve       disconnect

      Plan: 8 to add. About 40 MB to send.
      "
    `);
  });

  it('shows what is kept of a run that goes on', () => {
    const world = standing(smoke());
    const garage = world.hosts[0];
    const containers = garage?.kind === 'reachable' ? garage.containers.slice(1) : [];
    expect(show(smoke(), changeHost(world, 'garage', { containers }))).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 5 peers, 12 commands over 40 s
      goes on with smoke-2026-01-02-10-00-00, of which 4 peers already run

        garage  10.0.0.5
          = image      ghcr.io/acme/node:1.4   there
          + container  tm-alice    :11984/udp  not there
          = container  tm-charlie  :11985/udp  as it should be
          = container  tm-eve      :11986/udp  as it should be

        cloud   203.0.113.7
          = image      ghcr.io/acme/node:1.4   there
          = container  tm-bob      :11984/udp  as it should be
          = container  tm-dave     :11985/udp  as it should be

        this machine
          = redis      tm-redis    :6399/tcp   Redis 7.0.15 answers

        timeline
           0.0s  alice bob charlie dave eve  connect
          10.0s  alice                       push|bob|hello-from-alice
          15.0s  bob                         pull
          25.0s  dave                        restart|5
          40.0s  alice bob charlie eve       disconnect

      Plan: 1 to add.
      "
    `);
    expect(show(smoke(), world)).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 5 peers, 12 commands over 40 s
      goes on with smoke-2026-01-02-10-00-00, of which 5 peers already run

        garage  10.0.0.5
          = 1 image, 3 containers             as they should be

        cloud   203.0.113.7
          = image      ghcr.io/acme/node:1.4  there
          = container  tm-bob    :11984/udp   as it should be
          = container  tm-dave   :11985/udp   as it should be

        this machine
          = redis      tm-redis  :6399/tcp    Redis 7.0.15 answers

        timeline
           0.0s  alice bob charlie dave eve  connect
          10.0s  alice                       push|bob|hello-from-alice
          15.0s  bob                         pull
          25.0s  dave                        restart|5
          40.0s  alice bob charlie eve       disconnect

      No changes. Everything is as the config says: tm apply goes straight to the timeline.
      "
    `);
  });

  it('shows an image that changed, peers that are used up, and what the config forces', () => {
    const world = { ...standing(smoke(NODE_3)), usedRuns: [{ run: RUN, at: '2026-01-02T14:02:31.000Z' }] };
    const spec = smoke(NODE_4);
    const peers = spec.peers.map((peer) =>
      peer.name === 'bob' ? { ...peer, image: imageRef(NODE_3), environment: { A: '1' }, memoryBytes: 1e9 } : peer,
    );
    expect(show({ ...spec, peers: peers.slice(0, 4) }, world)).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 4 peers, 12 commands over 40 s

        garage  10.0.0.5
          + image      ghcr.io/acme/node:1.4   10 MB of 30 MB to send (1 of 3 layers is missing)
        -/+ container  tm-alice    :11984/udp  image 1.3 → 1.4; went through a timeline at 14:02 UTC
        -/+ container  tm-charlie  :11985/udp  image 1.3 → 1.4; went through a timeline at 14:02 UTC
          - container  tm-eve                  no longer in the config

        cloud   203.0.113.7
          = image      ghcr.io/acme/node:1.3   there
          + image      ghcr.io/acme/node:1.4   10 MB of 30 MB to send (1 of 3 layers is missing)
        -/+ container  tm-bob      :11984/udp  differs from the config; went through a timeline at 14:02
                                               UTC  # forces replacement: environment, memory
        -/+ container  tm-dave     :11985/udp  image 1.3 → 1.4; went through a timeline at 14:02 UTC

        this machine
          = redis      tm-redis    :6399/tcp   Redis 7.0.15 answers

        timeline
           0.0s  alice bob charlie dave eve  connect
          10.0s  alice                       push|bob|hello-from-alice
          15.0s  bob                         pull
          25.0s  dave                        restart|5
          40.0s  alice bob charlie eve       disconnect

      Plan: 2 to add, 4 to replace, 1 to remove. About 20 MB to send.
      "
    `);
  });

  it('shows conflicts and warnings', () => {
    let world = changeHost(emptyWorld(smoke(), images), 'cloud', { containers: [aForeign('tm-dave')] });
    world = changeHost(world, 'garage', { platform: { os: 'linux', architecture: 'arm64' } });
    const fault = {
      kind: 'unreachable',
      what: 'redis',
      message: 'nothing listens on 127.0.0.1:6399 although a container named tm-redis of this test is running there',
    } as const;
    expect(show(smoke(), { ...world, redis: { kind: 'unreachable', fault } })).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 5 peers, 12 commands over 40 s

        garage  10.0.0.5
          ! image      ghcr.io/acme/node:1.4   is for amd64, garage is arm64: build or pull it there
          + container  tm-alice    :11984/udp  not there
          + container  tm-charlie  :11985/udp  not there
          + container  tm-eve      :11986/udp  not there

        cloud   203.0.113.7
          + image      ghcr.io/acme/node:1.4   30 MB to send
          + container  tm-bob      :11984/udp  not there
          ! container  tm-dave     :11985/udp  is somebody else's (no label io.the-mule.test): remove or
                                               rename it

        this machine
          + redis      tm-redis    :6399/tcp   not asked: nothing listens on 127.0.0.1:6399 although a
                                               container named tm-redis of this test is running there

        warning: Redis was not asked: nothing listens on 127.0.0.1:6399 although a container named
                 tm-redis of this test is running there

        timeline
           0.0s  alice bob charlie dave eve  connect
          10.0s  alice                       push|bob|hello-from-alice
          15.0s  bob                         pull
          25.0s  dave                        restart|5
          40.0s  alice bob charlie eve       disconnect

      Plan: 6 to add, 2 conflicts. About 30 MB to send.
      Nothing is touched before the conflicts are solved.
      "
    `);
  });

  it('shows an offline plan', () => {
    const spec = smoke();
    const hosts = spec.hosts.map(({ name }) => ({ kind: 'unknown', host: name }) as const);
    expect(
      show(spec, { hosts, control: { kind: 'unknown' }, redis: { kind: 'unknown' }, usedRuns: [] }),
    ).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 5 peers, 12 commands over 40 s

        garage  10.0.0.5
          + image      ghcr.io/acme/node:1.4   not asked (--offline)
          + container  tm-alice    :11984/udp  not asked (--offline)
          + container  tm-charlie  :11985/udp  not asked (--offline)
          + container  tm-eve      :11986/udp  not asked (--offline)

        cloud   203.0.113.7
          + image      ghcr.io/acme/node:1.4   not asked (--offline)
          + container  tm-bob      :11984/udp  not asked (--offline)
          + container  tm-dave     :11985/udp  not asked (--offline)

        this machine
          + image      ghcr.io/acme/node:1.4   not asked (--offline)
          + image      redis:7                 not asked (--offline)
          + redis      tm-redis    :6399/tcp   not asked (--offline)

        timeline
           0.0s  alice bob charlie dave eve  connect
          10.0s  alice                       push|bob|hello-from-alice
          15.0s  bob                         pull
          25.0s  dave                        restart|5
          40.0s  alice bob charlie eve       disconnect

      Plan: 10 to add.
      "
    `);
  });

  it('shows two entries on one machine, one of them with a clash of ports', () => {
    const spec = aSpec({
      hosts: [aHost('left'), aHost('right')],
      peers: [aPeer('alice'), aPeer('bob'), aPeer('carol')],
    });
    const empty = emptyWorld(spec);
    const world = { ...empty, hosts: empty.hosts.map((host) => ({ ...host, engine: 'one' })) };
    expect(show(spec, world)).toMatchInlineSnapshot(`
      "
      smoke · 2 hosts, 3 peers, 0 commands

        left   left.example
          + image      acme/node:1.4         30 MB to send
          + container  tm-alice  :11984/udp  not there
          + container  tm-carol  :11985/udp  not there

        right  right.example
          ! container  tm-bob    :11984/udp  port 11984/udp is taken by alice on the same machine: change
                                             base_port or ports

        this machine
          + redis      tm-redis  :6399/tcp   not there

      Plan: 4 to add, 1 conflict. About 30 MB to send.
      Nothing is touched before the conflict is solved.
      "
    `);
  });

  it('shows peers that are processes', () => {
    const hosts = [aHost('local', { address: 'local', runtime: { kind: 'process' }, connection: { kind: 'local' } })];
    const peers = ['alice', 'bob'].map((name) => aPeer(name, { command: ['node', 'peer.ts'] }));
    const spec = aSpec({ hosts, peers, redis: { runtime: { kind: 'process' }, port: 6399, auth: 'generated' } });
    expect(show(spec, emptyWorld(spec, []))).toMatchInlineSnapshot(`
      "
      smoke · 1 host, 2 peers, 0 commands

        local
          + process  tm-alice      :11984/udp  not there
          + process  tm-bob        :11985/udp  not there

        this machine
          + redis    redis-server  :6399/tcp   not there

      Plan: 3 to add.
      "
    `);
  });

  it('sums up what stays where it is much, unless everything is asked for', () => {
    const spec = aSpec({
      hosts: [aHost('host-0')],
      peers: Array.from({ length: 12 }, (_unused, index) => aPeer(`p${index}`)),
    });
    const world = standing(spec);
    const changed = { ...spec, peers: spec.peers.map((peer) => (peer.name === 'p3' ? { ...peer, cpus: 2 } : peer)) };
    expect(show(changed, world)).toMatchInlineSnapshot(`
      "
      smoke · 1 host, 12 peers, 0 commands
      goes on with smoke-2026-01-02-10-00-00, of which 11 peers already run

        host-0  host-0.example
        -/+ container  tm-p3     :11989/udp    differs from the config  # forces replacement: cpus
          = 1 image, 11 containers             as they should be

        this machine
          = redis      tm-redis  :6399/tcp     Redis 7.0.15 answers

      Plan: 1 to replace.
      "
    `);
    expect(show(changed, world, { verbose: true }).match(/= container/g)).toHaveLength(11);
  });

  it('says that nothing changes', () => {
    const spec = aSpec({ peers: [] });
    expect(
      show(spec, { ...emptyWorld(spec), redis: { kind: 'ready', instance: 'i', version: '7.0.15' } }),
    ).toMatchInlineSnapshot(`
      "
      smoke · 2 hosts, 0 peers, 0 commands

        this machine
          = redis  tm-redis  :6399/tcp  Redis 7.0.15 answers

      No changes. Everything is as the config says: tm apply goes straight to the timeline.
      "
    `);
  });

  it('shows a teardown', () => {
    const spec = smoke();
    const options = { images: [imageRef(NODE_4)], redis: desiredOf(spec).redis };
    const text = (observed: Observed) => {
      const plan = teardown(observed, spec.test, options);
      return `\n${renderPlan(plan, { spec }, { summary: summarize(plan), color })}`;
    };
    expect(text(standing(spec))).toMatchInlineSnapshot(`
      "
      smoke-5peer · to be removed

        garage  10.0.0.5
          - container  tm-alice               of the run smoke-2026-01-02-10-00-00
          - container  tm-charlie             of the run smoke-2026-01-02-10-00-00
          - container  tm-eve                 of the run smoke-2026-01-02-10-00-00
          - image      ghcr.io/acme/node:1.4  listed in images

        cloud   203.0.113.7
          - container  tm-bob                 of the run smoke-2026-01-02-10-00-00
          - container  tm-dave                of the run smoke-2026-01-02-10-00-00
          - image      ghcr.io/acme/node:1.4  listed in images

        this machine
          - redis      tm-redis  :6399/tcp    of this test

      Plan: 8 to remove.
      "
    `);
    expect(text(emptyWorld(spec))).toMatchInlineSnapshot(`
      "
      smoke-5peer · to be removed

      Nothing to remove: nothing of this test is left.
      "
    `);
  });

  it('fits a narrow terminal: a reason goes under its resource, and every line ends in time', () => {
    const world = changeHost(emptyWorld(smoke(), images), 'cloud', { containers: [aForeign('tm-dave')] });
    const text = show(smoke(), world, { width: 60 });
    expect(text).toMatchInlineSnapshot(`
      "
      smoke-5peer · 2 hosts, 5 peers, 12 commands over 40 s

        garage  10.0.0.5
          + image      ghcr.io/acme/node:1.4   30 MB to send
          + container  tm-alice    :11984/udp  not there
          + container  tm-charlie  :11985/udp  not there
          + container  tm-eve      :11986/udp  not there

        cloud   203.0.113.7
          + image      ghcr.io/acme/node:1.4   30 MB to send
          + container  tm-bob      :11984/udp  not there
          ! container  tm-dave     :11985/udp
              is somebody else's (no label io.the-mule.test):
              remove or rename it

        this machine
          + redis      tm-redis    :6399/tcp   not there

        timeline
           0.0s  all 5 peers            connect
          10.0s  alice                  push|bob|hello-from-alice
          15.0s  bob                    pull
          25.0s  dave                   restart|5
          40.0s  alice bob charlie eve  disconnect

      Plan: 7 to add, 1 conflict. About 60 MB to send.
      Nothing is touched before the conflict is solved.
      "
    `);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('shows no control character of a name or command', () => {
    const spec = aSpec({
      test: testName('a\u001b[31mb'),
      commands: [aCommand(0, 'alice', 'say|\u001b]0;owned\u0007\nx')],
    });
    expect(show(spec, emptyWorld(spec))).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  it('gives each kind of change its colour', () => {
    const plan = planOf(desiredOf(smoke()), emptyWorld(smoke(), images));
    const text = renderPlan(plan, { spec: smoke() }, { summary: summarize(plan), color: new Chalk({ level: 1 }) });
    expect(text).toContain('\u001b[32m  +\u001b[39m container');
    expect(text).toContain('\u001b[1mgarage\u001b[22m');
  });
});

describe('the timeline of a plan', () => {
  const table = (spec: Spec, options: { width?: number; verbose?: boolean } = {}): string => {
    const text = show(spec, emptyWorld(spec), options);
    return text.slice(text.indexOf('  timeline'), text.indexOf('\n\nPlan:'));
  };

  it('cuts long lists in the middle and says what is left out', () => {
    const commands = Array.from({ length: 500 }, (_unused, index) => aCommand(index * 1000, 'alice', `step|${index}`));
    const spec = aSpec({ commands });
    expect(table(spec)).toMatchInlineSnapshot(`
      "  timeline
            0.0s  alice  step|0
            1.0s  alice  step|1
            2.0s  alice  step|2
            3.0s  alice  step|3
            4.0s  alice  step|4
            5.0s  alice  step|5
            6.0s  alice  step|6
            7.0s  alice  step|7
            8.0s  alice  step|8
            9.0s  alice  step|9
           10.0s  alice  step|10
           11.0s  alice  step|11
           12.0s  alice  step|12
           13.0s  alice  step|13
           14.0s  alice  step|14
           15.0s  alice  step|15
                  … 480 more commands (--verbose shows all)
          496.0s  alice  step|496
          497.0s  alice  step|497
          498.0s  alice  step|498
          499.0s  alice  step|499"
    `);
    expect(table(spec, { verbose: true }).split('\n')).toHaveLength(501);
  });

  it('cuts long lists of peers, and names everybody on request', () => {
    const names = Array.from({ length: 40 }, (_unused, index) => `peer-${index}`);
    const commands = [
      ...names.map((name) => aCommand(0, name, 'connect')),
      ...names
        .slice(0, 30)
        .map((name) =>
          aCommand(250, name, 'a-command-that-is-so-long-that-it-does-not-fit-behind-the-names-of-its-peers'),
        ),
      aCommand(1001, 'peer-1', 'pull'),
    ];
    const spec = aSpec({ peers: names.map((name) => aPeer(name)), commands });
    expect(table(spec, { width: 80 })).toMatchInlineSnapshot(`
      "  timeline
          0.000s  all 40 peers               connect
          0.250s  peer-0 peer-1 and 28 more  a-command-that-is-so-long-that-it-does-n…
          1.001s  peer-1                     pull"
    `);
    expect(table(spec, { width: 80, verbose: true })).toMatchInlineSnapshot(`
      "  timeline
          0.000s  peer-0 peer-1 peer-2 peer-3  connect
                  peer-4 peer-5 peer-6 peer-7
                  peer-8 peer-9 peer-10
                  peer-11 peer-12 peer-13
                  peer-14 peer-15 peer-16
                  peer-17 peer-18 peer-19
                  peer-20 peer-21 peer-22
                  peer-23 peer-24 peer-25
                  peer-26 peer-27 peer-28
                  peer-29 peer-30 peer-31
                  peer-32 peer-33 peer-34
                  peer-35 peer-36 peer-37
                  peer-38 peer-39
          0.250s  peer-0 peer-1 peer-2 peer-3  a-command-that-is-so-long-that-it-does-not-fit-behind-the-names-of-its-peers
                  peer-4 peer-5 peer-6 peer-7
                  peer-8 peer-9 peer-10
                  peer-11 peer-12 peer-13
                  peer-14 peer-15 peer-16
                  peer-17 peer-18 peer-19
                  peer-20 peer-21 peer-22
                  peer-23 peer-24 peer-25
                  peer-26 peer-27 peer-28
                  peer-29
          1.001s  peer-1                       pull"
    `);
  });
});

it('gives programs one stable line of JSON', () => {
  const plan = planOf(desiredOf(smoke()), emptyWorld(smoke(), images));
  const text = planJson(plan, summarize(plan));
  expect(text).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({
    type: 'plan',
    version: 1,
    plan,
    summary: summarize(plan),
    expectations: [],
  });
  const shuffled = { ...smoke(), peers: [...smoke().peers].reverse() };
  expect(planJson(planOf(desiredOf(shuffled), emptyWorld(shuffled, images)), summarize(plan))).toBe(text);
});
