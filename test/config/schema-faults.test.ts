import { describe, expect, it } from 'vitest';
import { faultsOf } from './load-text.ts';

/** Text around the lines that a case is about; they begin on line 1. */
const BASE = {
  name: 'name: t\n',
  redis: 'redis: { port: 6399, image: redis }\n',
  hosts: 'hosts: [{ address: h }]\n',
  peers: 'peers: [{ name: a, image: i }]\n',
  commands: 'commands: [{ time: 0, peer: a, command: c }]\n',
};

/** The faults of a whole config in which the named parts are replaced by `text`. */
function faultsWith(text: string, ...replaced: (keyof typeof BASE)[]): Promise<readonly string[]> {
  const rest = Object.entries(BASE).filter(([key]) => !replaced.includes(key as keyof typeof BASE));
  return faultsOf(`${text}\n${rest.map(([, part]) => part).join('')}`);
}

describe('a whole config', () => {
  it('has no faults', async () => {
    expect(await faultsWith('log_level: info')).toEqual([]);
  });

  it.each([
    [
      'a list',
      '- a\n- b\n',
      '1:1 «- a» error wrong-type: a map with the keys of a test is wanted here, this is a list',
    ],
    ['text', 'hello\n', '1:1 «hello» error wrong-type: a map with the keys of a test is wanted here, this is text'],
  ])('may not be %s', async (_, text, expected) => {
    expect(await faultsOf(text)).toEqual([expected]);
  });

  it('names every key that is missing', async () => {
    expect(await faultsOf('log_level: info\n')).toEqual([
      '1:1 «log_level: info» error missing-key: missing key "name" in a test | add `name: smoke-5peer`, say',
      '1:1 «log_level: info» error missing-key: missing key "redis" in a test | add `redis: { port: 6399, image: redis:7-alpine }`, say',
      '1:1 «log_level: info» error missing-key: missing key "hosts" in a test | add `hosts:`',
      '1:1 «log_level: info» error missing-key: missing key "peers" in a test | add `peers:`',
      '1:1 «log_level: info» error missing-key: missing key "commands" in a test | add `commands:`',
    ]);
  });
});

describe('keys', () => {
  it.each([
    ['nmae: t', ['name'], '1:1 «nmae» error unknown-key: unknown key "nmae" in a test | did you mean "name"?'],
    [
      'timeout: { start: 1 }',
      [],
      '1:12 «start» error unknown-key: unknown key "start" in timeout | did you mean "startup"?',
    ],
    [
      'redis: { port: 1, image: r, sentinel: x }',
      ['redis'],
      '1:29 «sentinel» error unknown-key: unknown key "sentinel" in redis | known are port, image, runtime, advertise, auth',
    ],
    [
      'hosts:\n  - adress: h',
      ['hosts'],
      '2:5 «adress» error unknown-key: unknown key "adress" in a host | did you mean "address"?',
    ],
    [
      'peers:\n  - name: a\n    image: i\n    env: {}',
      ['peers'],
      '4:5 «env» error unknown-key: unknown key "env" in a peer | did you mean "environment"?',
    ],
    [
      'commands: [{ tiem: 0, peer: a, command: c }]',
      ['commands'],
      '1:14 «tiem» error unknown-key: unknown key "tiem" in a command | did you mean "time"?',
    ],
    ['Name: t', ['name'], '1:1 «Name» error unknown-key: unknown key "Name" in a test | did you mean "name"?'],
  ] as const)(
    'that are not known are one fault each, also where a needed key is misspelt: %s',
    async (text, replaced, expected) => {
      expect(await faultsWith(text, ...replaced)).toEqual([expected]);
    },
  );

  it.each([
    [
      'redis: { image: r }',
      ['redis'],
      '1:1 «redis» error missing-key: missing key "port" in redis | add `port: 6399`, say',
    ],
    [
      'redis: { port: 1 }',
      ['redis'],
      '1:1 «redis» error missing-key: missing key "image" in redis | add `image: redis:7-alpine`, say',
    ],
    [
      'hosts:\n  - name: h\n    tags: [x]',
      ['hosts'],
      '2:5 «name: h» error missing-key: missing key "address" in a host | add `address: 10.0.0.5`, say',
    ],
    [
      'peers:\n  - image: i',
      ['peers'],
      '2:5 «image: i» error missing-key: missing key "name" in a peer | add `name: alice`, say',
    ],
    [
      'commands: [{ time: 0, peer: a }]',
      ['commands'],
      '1:12 «{ time: 0, peer: a }» error missing-key: missing key "command" in a command | add `command: connect`, say',
    ],
  ] as const)('that are missing are shown where they belong: %s', async (text, replaced, expected) => {
    expect(await faultsWith(text, ...replaced)).toEqual([expected]);
  });

  it('do not ask for an image where the runtime is misspelt', async () => {
    expect(await faultsWith('redis: { port: 1, runtime: proces }', 'redis')).toEqual([
      '1:28 «proces» error bad-value: "proces" is not a runtime: it is docker or process | did you mean "process"?',
    ]);
  });

  it('beginning with x- are allowed in every map', async () => {
    const text = `x-a: { any: [thing] }
timeout: { startup: 1, x-b: 1 }
redis: { port: 1, image: r, x-c: 1 }
hosts: [{ address: h, x-d: 1 }]
peers: [{ name: a, image: i, x-e: 1 }]
commands: [{ time: 0, peer: a, command: c, x-f: 1 }]`;
    expect(await faultsWith(text, 'redis', 'hosts', 'peers', 'commands')).toEqual([]);
  });
});

describe('types', () => {
  it.each([
    [
      'redis: { port: "6399", image: r }',
      ['redis'],
      '1:16 «"6399"» error wrong-type: a port from 1 to 65535 is wanted here, this is text | write 6399 without the quotes',
    ],
    [
      'redis: { port: many, image: r }',
      ['redis'],
      '1:16 «many» error wrong-type: a port from 1 to 65535 is wanted here, this is text | write 12000, say',
    ],
    [
      'redis: { port: 1.5, image: r }',
      ['redis'],
      '1:16 «1.5» error wrong-type: a port from 1 to 65535 is wanted here, this is the fraction 1.5 | write 12000, say',
    ],
    [
      'redis: 6399',
      ['redis'],
      '1:8 «6399» error wrong-type: a map with the `port` and `image` of Redis is wanted here, this is the number 6399 | write { port: 6399, image: redis:7 }, say',
    ],
    [
      'name:',
      ['name'],
      '1:1 «name» error wrong-type: text is wanted here, and there is nothing | write smoke-5peer, say',
    ],
    ['name: [t]', ['name'], '1:7 «[t]» error wrong-type: text is wanted here, this is a list | write smoke-5peer, say'],
    [
      'images: redis',
      [],
      '1:9 «redis» error wrong-type: a list of images is wanted here, this is text | write images: [redis]',
    ],
    [
      'log_level:',
      [],
      '1:1 «log_level» error wrong-type: a log level is wanted here, and there is nothing | write debug, say',
    ],
    [
      'remove_images: yes',
      [],
      '1:16 «yes» error wrong-type: true or false is wanted here, this is text | write true, say',
    ],
    [
      'hosts:\n  address: h',
      ['hosts'],
      '2:3 «address: h» error wrong-type: a list of hosts is wanted here, this is a map | begin each item with `- `',
    ],
    [
      'peers: [a]',
      ['peers'],
      '1:9 «a» error wrong-type: a map that describes a peer is wanted here, this is text | write { name: alice, image: ghcr.io/acme/node:1.4 }, say',
    ],
    [
      'peer_environment: a',
      [],
      '1:19 «a» error wrong-type: a map of variables or a list of `KEY=VALUE` is wanted here, this is text | write { RUST_LOG: info }, say',
    ],
    [
      'peer_environment: { A: [1] }',
      [],
      '1:24 «[1]» error wrong-type: text is wanted here, this is a list | write info, say',
    ],
    [
      'commands: [{ time: "5", peer: a, command: c }]',
      ['commands'],
      '1:20 «"5"» error wrong-type: a number of seconds from 0 to 31536000 (a year) is wanted here, this is text | write 5 without the quotes',
    ],
    [
      'commands: [{ time: .nan, peer: a, command: c }]',
      ['commands'],
      '1:20 «.nan» error wrong-type: a number of seconds from 0 to 31536000 (a year) is wanted here, this is not a number (.nan) | write 2.5, say',
    ],
    [
      'commands: [{ time: .inf, peer: a, command: c }]',
      ['commands'],
      '1:20 «.inf» error wrong-type: a number of seconds from 0 to 31536000 (a year) is wanted here, this is infinite | write 2.5, say',
    ],
  ] as const)('%s', async (text, replaced, expected) => {
    expect(await faultsWith(text, ...replaced)).toEqual([expected]);
  });

  it('are text for anything unquoted where text is wanted, as it is written', async () => {
    const text = `name: 1.10
hosts: [{ address: h, tags: [1, true] }]
peers: [{ name: 007, image: i, runs_on: [0x1, true] }]
commands: [{ time: 0, peer: 007, command: 5 }]`;
    expect(await faultsWith(text, 'name', 'hosts', 'peers', 'commands')).toEqual([
      '3:41 «[0x1, true]» error no-host: no host has all the tags 0x1 and true, which 007 asks for | there are 1, true',
    ]);
  });
});

describe('values', () => {
  it.each([
    [
      'redis: { port: 0, image: r }',
      ['redis'],
      '1:16 «0» error out-of-range: a port from 1 to 65535 is wanted here, not 0 | the least is 1',
    ],
    [
      'hosts: [{ address: h, base_port: 70000 }]',
      ['hosts'],
      '1:34 «70000» error out-of-range: a port from 1 to 65535 is wanted here, not 70000 | the most is 65535',
    ],
    [
      'timeout: { startup: -1 }',
      [],
      '1:21 «-1» error out-of-range: a number of seconds from 0 to 31536000 (a year) is wanted here, not -1 | the least is 0',
    ],
    [
      'commands: [{ time: -0.5, peer: a, command: c }]',
      ['commands'],
      '1:20 «-0.5» error out-of-range: a number of seconds from 0 to 31536000 (a year) is wanted here, not -0.5 | the least is 0',
    ],
    [
      'commands: [{ time: 1e9, peer: a, command: c }]',
      ['commands'],
      '1:20 «1e9» error out-of-range: a number of seconds from 0 to 31536000 (a year) is wanted here, not 1000000000 | the most is 31536000',
    ],
    [
      'log_level: warning',
      [],
      '1:12 «warning» error bad-value: "warning" is not a log level: it is error, warn, info, debug or trace | did you mean "warn"?',
    ],
    [
      'log_level: loud',
      [],
      '1:12 «loud» error bad-value: "loud" is not a log level: it is error, warn, info, debug or trace | write debug, say',
    ],
    [
      'images: [Not An Image]',
      [],
      '1:10 «Not An Image» error bad-format: an image such as `redis:7` or `ghcr.io/acme/node:1.4` is wanted here, not "Not An Image" | write redis:7, say',
    ],
    [
      'hosts: [{ address: "a b" }]',
      ['hosts'],
      '1:20 «"a b"» error bad-format: a host name or an IP address is wanted here, not "a b" | write 10.0.0.5, say',
    ],
    [
      'hosts: [{ address: test@h }]',
      ['hosts'],
      '1:20 «test@h» error bad-format: a host name or an IP address is wanted here, not "test@h" | write 10.0.0.5, say',
    ],
    [
      'hosts: [{ address: h, host_key: maybe }]',
      ['hosts'],
      '1:33 «maybe» error bad-format: `strict`, `accept-new` or a fingerprint `SHA256:…` is wanted here, not "maybe" | write accept-new, say',
    ],
    [
      'hosts: [{ address: h, docker_host: ssh://x }]',
      ['hosts'],
      '1:36 «ssh://x» error bad-format: `unix:///path` or `tcp://host:port` is wanted here, not "ssh://x" | write unix:///run/user/1000/docker.sock, say',
    ],
    [
      'redis: { port: 1, image: r, advertise: "a:b:c d" }',
      ['redis'],
      '1:40 «"a:b:c d"» error bad-format: a `host` or `host:port` is wanted here, not "a:b:c d" | write 192.0.2.10, say',
    ],
    [
      'redis: { port: 1, image: r, advertise: h:0 }',
      ['redis'],
      '1:40 «h:0» error out-of-range: a port goes from 1 to 65535, and 0 is none | write h:6399, say',
    ],
    [
      'peer_environment: [A]',
      [],
      '1:20 «A» error bad-format: `KEY=VALUE` is wanted here, not "A" | write RUST_LOG=info, say',
    ],
    [
      'peer_environment: { A=B: c }',
      [],
      '1:21 «A=B» error bad-format: "A=B" cannot be the name of a variable | write NAME: value',
    ],
  ] as const)('%s', async (text, replaced, expected) => {
    expect(await faultsWith(text, ...replaced)).toEqual([expected]);
  });

  it.each([
    [
      'command: []',
      '«[]» error out-of-range: text or a list of arguments is wanted here, and it is empty | write [./peer, --verbose], say',
    ],
    [
      'command: "a \'b"',
      `«"a 'b"» error bad-format: a closing ' is missing in the command | write a list of arguments, such as [./peer, --verbose]`,
    ],
    ['memory: 1k', '«1k» error out-of-range: at least 6m of memory is wanted, and 1k is less | write 256m or 1g, say'],
    [
      'memory: 1000',
      '«1000» error out-of-range: an amount of memory of at least 6m, such as `256m` or `1g`, is wanted here, not 1000 | the least is 6291456',
    ],
    [
      'memory: lots',
      '«lots» error bad-format: an amount of memory of at least 6m, such as `256m` or `1g`, is wanted here, not "lots" | write 256m, say',
    ],
    [
      'cpus: 0',
      '«0» error out-of-range: a number of processors from 0.01 up is wanted here, not 0 | the least is 0.01',
    ],
    ['runs_on: ""', '«""» error bad-format: a tag or a list of tags is wanted here, not "" | write arm, say'],
  ])('of a peer: %s', async (text, expected) => {
    const column = text.indexOf(' ') + 5 + 1;
    expect(await faultsWith(`peers:\n  - name: a\n    image: i\n    ${text}`, 'peers')).toEqual([
      `4:${column} ${expected}`,
    ]);
  });

  it.each([
    [
      'ports: [0]',
      '«0» error out-of-range: a port such as 8080, `8080:80` or `8080:80/udp` is wanted here, not 0 | the least is 1',
    ],
    [
      'ports: ["1:70000"]',
      '«"1:70000"» error out-of-range: a port goes from 1 to 65535, and 70000 is none | write 8080:80, say',
    ],
    [
      'ports: [80/sctp]',
      '«80/sctp» error bad-format: a port such as 8080, `8080:80` or `8080:80/udp` is wanted here, not "80/sctp" | write 8080:80, say',
    ],
    [
      'volumes: [./a:/b]',
      '«./a:/b» error bad-format: "./a" is no path that means the same on every host | begin it with / or ~/, or give the name of a volume',
    ],
    ['volumes: [/a:b]', '«/a:b» error bad-format: "b" is no absolute path in the container | write /a:/b'],
    ['volumes: [/a:/]', '«/a:/» error bad-format: nothing can be mounted over the whole container | mount it lower'],
    [
      'volumes: [/a:/config/]',
      '«/a:/config/» error bad-format: /config is where tm mounts the directory of the peer | choose another target',
    ],
    [
      'volumes: [/a]',
      '«/a» error bad-format: `source:target` or `source:target:ro` is wanted here, not "/a" | write ~/data:/data, say',
    ],
  ])('of a peer in a list: %s', async (text, expected) => {
    const column = text.indexOf('[') + 5 + 1;
    expect(await faultsWith(`peers:\n  - name: a\n    image: i\n    ${text}`, 'peers')).toEqual([
      `4:${column} ${expected}`,
    ]);
  });

  it('of a variable that cannot be named leave the others alone', async () => {
    expect(await faultsWith('peer_environment: { A=B: c, REDIS_URL: d }')).toEqual([
      '1:21 «A=B» error bad-format: "A=B" cannot be the name of a variable | write NAME: value',
      '1:29 «REDIS_URL» warning system-variable: REDIS_URL is given by tm, so this one does nothing | remove it',
    ]);
  });

  it('of two volumes may not have the same target', async () => {
    expect(await faultsWith('peers: [{ name: a, image: i, volumes: [/a:/x, /b:/x/] }]', 'peers')).toEqual([
      '1:47 «/b:/x/» error duplicate-volume: something is mounted at /x already | choose another target',
    ]);
  });
});
