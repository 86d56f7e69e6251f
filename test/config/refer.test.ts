import { describe, expect, it } from 'vitest';
import { faultsOf, loadText } from './load-text.ts';
import { VALID } from './valid-config.ts';

/** A small config with the given parts. */
function config(parts: Partial<Record<'name' | 'hosts' | 'peers' | 'commands' | 'more', string>> = {}): string {
  return [
    parts.name ?? 'name: t',
    'redis: { port: 6399, image: redis }',
    parts.hosts ?? 'hosts: [{ address: h }]',
    parts.peers ?? 'peers: [{ name: a, image: i }]',
    parts.commands ?? 'commands: [{ time: 0, peer: a, command: c }]',
    parts.more ?? '',
    '',
  ].join('\n');
}

const COMMANDS_FOR = (...peers: string[]): string =>
  `commands: [${peers.map((peer) => `{ time: 0, peer: ${peer}, command: c }`).join(', ')}]`;

describe('names', () => {
  it.each([
    ['name: ""', '1:7 «""» error empty-name: a name may not be empty'],
    ['name: "  "', '1:7 «"  "» error empty-name: a name may not be empty'],
    ['name: "a\\nb"', '1:7 «"a\\nb"» error bad-name: a name may not hold control characters'],
  ])('of the test: %s', async (name, expected) => {
    expect(await faultsOf(config({ name }))).toEqual([expected]);
  });

  it.each([
    ['""', '4:17 «""» error empty-name: a peer name may not be empty'],
    [
      '"my peer"',
      '4:17 «"my peer"» error bad-name: a peer name is made of A-Z a-z 0-9 _ . - and begins with a letter or digit | "my-peer" would do',
    ],
    [
      '_a',
      '4:17 «_a» error bad-name: a peer name is made of A-Z a-z 0-9 _ . - and begins with a letter or digit | "a" would do',
    ],
    [
      'André',
      '4:17 «André» error bad-name: a peer name is made of A-Z a-z 0-9 _ . - and begins with a letter or digit | "Andre" would do',
    ],
    ['漢', '4:17 «漢» error bad-name: a peer name is made of A-Z a-z 0-9 _ . - and begins with a letter or digit'],
  ])('of a peer: %s', async (name, expected) => {
    const text = config({
      peers: `peers: [{ name: ${name}, image: i }]`,
      commands: `commands: [{ time: 0, peer: ${name}, command: c }]`,
    });
    expect(await faultsOf(text)).toEqual([expected]);
  });

  it('of a host, and those of hosts and peers only once', async () => {
    const text = config({
      hosts: 'hosts:\n  - { address: h, name: x }\n  - { address: g, name: " " }\n  - { address: f, name: x }',
      peers: 'peers:\n  - { name: a, image: i }\n  - { name: b, image: i }\n  - { name: a, image: i }',
      commands: COMMANDS_FOR('a', 'b'),
    });
    expect(await faultsOf(text)).toEqual([
      '5:25 «" "» error empty-name: a name may not be empty',
      '6:25 «x» error duplicate-host: duplicate host name "x" | the first is on line 4: give this one another name',
      '10:13 «a» error duplicate-peer: duplicate peer name "a" | the first is on line 8: give this one another name',
    ]);
  });

  it('of hosts that only have an address are told apart by the base port, as long as they can be', async () => {
    const hosts = 'hosts: [{ address: h }, { address: h, base_port: 12000 }, { address: h, base_port: 12000 }]';
    expect(await faultsOf(config({ hosts }))).toEqual([
      '3:70 «h» error duplicate-host: duplicate host name "h:12000" | the first is on line 3: give this one another name',
    ]);
    const two = await loadText(config({ hosts: 'hosts: [{ address: h }, { address: h, base_port: 12000 }]' }));
    expect(two.spec?.hosts.map(({ name }) => name)).toEqual(['h', 'h:12000']);
  });

  it('of a host is not what plans call the machine that tm runs on, be it given or its address', async () => {
    const because = 'a host may not be called "control": that is what plans call the machine that tm runs on';
    const hosts = 'hosts:\n  - { address: h, name: control }\n  - { address: g, name: Control }';
    expect(await faultsOf(config({ hosts }))).toEqual([
      `4:25 «control» error reserved-name: ${because} | "control-host" would do`,
    ]);
    expect(await faultsOf(config({ hosts: 'hosts: [{ address: control }]' }))).toEqual([
      `3:20 «control» error reserved-name: ${because} | give it a \`name\`, too`,
    ]);
    expect(await faultsOf(config({ hosts: 'hosts: [{ address: control, name: x }]' }))).toEqual([]);
  });
});

describe('hosts', () => {
  it.each([
    [
      '{ address: h, runtime: process }',
      '3:32 «process» error remote-process: processes run only on this machine, and this host is reached over SSH | write `connection: local` if it is this machine, or leave `runtime` out to use Docker there',
    ],
    [
      '{ address: localhost, ssh_user: u, runtime: process }',
      '3:53 «process» error remote-process: processes run only on this machine, and this host is reached over SSH | write `connection: local` if it is this machine, or leave `runtime` out to use Docker there',
    ],
    ['{ address: "h:2222" }', '3:20 «"h:2222"» error bad-format: an address has no port | write `ssh_port: 2222`'],
    [
      '{ address: h, connection: local, ssh_port: 22 }',
      '3:42 «ssh_port» warning unused-key: `ssh_port` does nothing: the connection is local | remove it',
    ],
    [
      '{ address: localhost, runtime: process, docker_host: /a }',
      '3:49 «docker_host» warning unused-key: `docker_host` does nothing: peers here are processes | remove it',
    ],
    [
      '{ address: h, ssh_auth: agnet }',
      '3:33 «agnet» warning odd-key-path: "agnet" is taken as the path of a key | did you mean "agent"?',
    ],
  ])('%s', async (host, expected) => {
    expect(await faultsOf(config({ hosts: `hosts: [${host}]` }))).toEqual([expected]);
  });
});

describe('references', () => {
  it('must be to peers that there are', async () => {
    const text = config({
      peers: 'peers:\n  - { name: alice, image: i, bootstrap: [bbo, zoe] }\n  - { name: bob, image: i }',
      commands:
        'commands:\n  - { time: 0, peer: Alice, command: c }\n  - { time: 0, peer: bob, command: c }\n  - { time: 0, peer: nobody-at-all, command: c }',
    });
    expect(await faultsOf(text)).toEqual(
      [
        '5:42 «bbo» error unknown-peer: unknown peer "bbo" in bootstrap | did you mean "bob"?',
        '5:47 «zoe» error unknown-peer: unknown peer "zoe" in bootstrap | there are alice, bob',
        '5:13 «alice» warning idle-peer: alice is sent no command',
        '8:22 «Alice» error unknown-peer: unknown peer "Alice" in a command | did you mean "alice"?',
        '10:22 «nobody-at-all» error unknown-peer: unknown peer "nobody-at-all" in a command | there are alice, bob',
      ].sort(
        (a, b) =>
          Number(a.split(':')[0]) - Number(b.split(':')[0]) ||
          Number.parseInt(a.split(':')[1] ?? '', 10) - Number.parseInt(b.split(':')[1] ?? '', 10),
      ),
    );
  });

  it('are not complained about when the name of a peer cannot be read', async () => {
    const text = config({ peers: 'peers: [{ nmae: a, image: i }]' });
    expect(await faultsOf(text)).toEqual([
      '4:11 «nmae» error unknown-key: unknown key "nmae" in a peer | did you mean "name"?',
    ]);
  });

  it('to the peer itself are warned of', async () => {
    expect(await faultsOf(config({ peers: 'peers: [{ name: a, image: i, bootstrap: [a] }]' }))).toEqual([
      '4:42 «a» warning bootstraps-itself: a is told its own address | remove it',
    ]);
  });
});

describe('tags', () => {
  it.each([
    ['[x]', 'y', '4:39 «y» error no-host: no host has the tag y, which a asks for | there are x'],
    ['[arm]', 'amr', '4:39 «amr» error no-host: no host has the tag amr, which a asks for | did you mean "arm"?'],
    ['[]', 'y', '4:39 «y» error no-host: no host has the tag y, which a asks for | no host has any tags'],
  ])('of hosts %s do not match %s', async (tags, wanted, expected) => {
    const text = config({
      hosts: `hosts: [{ address: h, tags: ${tags} }]`,
      peers: `peers: [{ name: a, image: i, runs_on: ${wanted} }]`,
    });
    expect(await faultsOf(text)).toEqual([expected]);
  });

  it('must be on one host together, and peers that ask for the same ones are told of together', async () => {
    const text = config({
      hosts: 'hosts: [{ address: h, tags: [x] }, { address: g, tags: [y] }]',
      peers:
        'peers:\n  - { name: a, image: i, runs_on: [y, x] }\n  - { name: b, image: i, runs_on: [x, y, x] }\n  - { name: c, image: i, runs_on: x }',
      commands: COMMANDS_FOR('a', 'b', 'c'),
    });
    expect(await faultsOf(text)).toEqual([
      '5:35 «[y, x]» error no-host: no host has all the tags x and y, which a and b ask for | each is there, but not on one host',
    ]);
  });

  it('do not matter where there is no host at all', async () => {
    expect(await faultsOf(config({ hosts: 'hosts: []' }))).toEqual([
      '3:1 «hosts» error no-host: there is no host for the peer a | add one to `hosts`',
    ]);
    const tagged = 'peers: [{ name: b, image: i, runs_on: x }, { name: a, image: i }]';
    expect(await faultsOf(config({ hosts: 'hosts:', peers: tagged, commands: COMMANDS_FOR('a', 'b') }))).toEqual([
      '3:1 «hosts» error no-host: there is no host for the peers a and b | add one to `hosts`',
    ]);
    const many = Array.from({ length: 11 }, (_, index) => `p${index}`);
    const peers = `peers: [${many.map((name) => `{ name: ${name}, image: i }`).join(', ')}]`;
    expect(await faultsOf(config({ hosts: 'hosts: []', peers, commands: COMMANDS_FOR(...many) }))).toEqual([
      '3:1 «hosts» error no-host: there is no host for any of the 11 peers | add one to `hosts`',
    ]);
  });

  it('and hosts may be missing where there are no peers, which is told', async () => {
    const warning = 'warning no-peers: there are no peers | a run starts its Redis, tests nothing, and passes';
    const none = { peers: 'peers:', commands: 'commands:' };
    expect(await faultsOf(config({ ...none, hosts: 'hosts:' }))).toEqual([`4:1 «peers» ${warning}`]);
    expect(await faultsOf(config({ ...none, peers: 'peers: []' }))).toEqual([`4:1 «peers» ${warning}`]);
  });
});

describe('warnings', () => {
  it.each([
    [
      'commands: []',
      '5:1 «commands» warning no-commands: there are no commands | the peers are started and shut down again',
    ],
    [
      'commands: [{ time: 5, peer: a, command: c }, { time: 1, peer: a, command: c }, { time: 0, peer: a, command: c }]',
      '5:54 «1» warning unsorted-commands: this comes 1 s after the start, and is written behind one of 5 s | commands are sent in the order of their times, whatever the order of the file',
    ],
    ['commands: [{ time: 0, peer: a, command: "" }]', '5:41 «""» warning empty-command: the command is empty'],
    [
      'commands: [{ time: 0.12345, peer: a, command: c }]',
      '5:20 «0.12345» warning time-rounded: times are kept to the millisecond, so this is 0.123 s',
    ],
  ])('of commands: %s', async (commands, expected) => {
    expect(await faultsOf(config({ commands }))).toEqual([expected]);
  });

  it('of a peer without commands', async () => {
    const peers = 'peers: [{ name: a, image: i }, { name: b, image: i }]';
    expect(await faultsOf(config({ peers }))).toEqual(['4:40 «b» warning idle-peer: b is sent no command']);
  });

  it('of images that nothing runs; references are compared as engines complete them', async () => {
    const more = 'images: [other, docker.io/library/i:latest, "redis:latest", "i:2"]';
    expect(await faultsOf(config({ more }))).toEqual([
      '6:10 «other» warning unused-image: nothing runs other | remove it, unless peers start it themselves',
      '6:61 «"i:2"» warning unused-image: nothing runs i:2 | remove it, unless peers start it themselves',
    ]);
  });

  it('of an image of Redis that is not used', async () => {
    const text = config().replace('image: redis', 'image: redis, runtime: process');
    expect(await faultsOf(text)).toEqual([
      '2:22 «image» warning unused-key: `image` does nothing: Redis runs as a process | remove it',
    ]);
  });

  it('of variables that tm gives itself, or that are given twice', async () => {
    const more = 'peer_environment: { HOST_NAME: x }';
    const peers = 'peers: [{ name: a, image: i, environment: [A=1, REDIS_URL=x, A=2] }]';
    expect(await faultsOf(config({ more, peers }))).toEqual([
      '4:49 «REDIS_URL=x» warning system-variable: REDIS_URL is given by tm, so this one does nothing | remove it',
      '4:62 «A=2» warning repeated-variable: A stands here a second time, and this one counts | remove the first',
      '6:21 «HOST_NAME» warning system-variable: HOST_NAME is given by tm, so this one does nothing | remove it',
    ]);
  });

  it('do not keep a config from being used', async () => {
    expect((await loadText(config({ commands: 'commands: []' }))).spec).toBeDefined();
  });
});

describe('all stages', () => {
  it('tell what they find at once, in the order of the file', async () => {
    const text = VALID.replace('name: smoke-5peer', 'name: ""')
      .replace('port: 6399', 'port: "6399"')
      .replace('runs_on: arm', 'runs_on: amr')
      .replace('bootstrap: [alice]', 'bootstrap: [alcie]')
      .replace('command: restart|5', 'comand: restart|5')
      .replace('log_level: debug', 'redis: {}');
    expect((await faultsOf(text)).map((line) => line.replace(/:.* error ([a-z-]+):.*/, ' $1'))).toEqual([
      '1 empty-name',
      '6 wrong-type',
      '31 no-host',
      '34 unknown-peer',
      '49 unknown-key',
      '50 duplicate-key',
    ]);
  });
});
