import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionSpec } from '../../../src/model/spec.ts';
import { startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { startSideSshd } from './side-sshd.ts';
import { faultOf, makeSshHome, type SshHome, sshHostSpec } from './ssh-home.ts';

const { signal } = new AbortController();
let bed: Testbed;
let home: SshHome;
let addresses: readonly string[];
/** Of h1, with a log of its own. */
const SIDE_PORT = 2203;

beforeAll(async () => {
  bed = await startTestbed({ hosts: 3, images: [] });
  addresses = bed.hosts.map((host) => host.address);
  await startSideSshd(bed, bed.hosts[0]!, { port: SIDE_PORT, keys: ['ed25519'], config: ['LogLevel VERBOSE'] });
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  home = await makeSshHome();
  await home.write('known_hosts', await readFile(bed.knownHostsPath, 'utf8'));
});
afterEach(() => home[Symbol.asyncDispose]());

type SshSpec = Partial<Extract<ConnectionSpec, { kind: 'ssh' }>>;

/** Opens a connection and says which host it leads to, and both ends of it. */
async function whereTo(address: string, spec: SshSpec = {}) {
  const connection = await home.connector().open(sshHostSpec('the-host', address, spec), signal);
  const { stdout } = await connection.exec(['hostname'], signal);
  const { addresses: ends } = await connection.session(signal);
  await connection.close();
  return { hostname: stdout.trim(), ends };
}

/** Settings with which every host of the testbed lets us in. */
const access = () => `Host *\n  User root\n  IdentityFile ${bed.keyPath}\n`;

describe('~/.ssh/config', () => {
  test('gives an alias its address, port, user and key', async () => {
    await home.write(
      'config',
      `Host box\n  HostName ${addresses[1]}\n  Port 22\n  User root\n  IdentityFile ${bed.keyPath}\nHost *\n  User nobody\n  Port 1\n`,
    );
    const { hostname, ends } = await whereTo('box');
    expect(hostname).toBe('h2');
    expect(ends).toEqual({ local: bed.control.address, remote: addresses[1] });
  });

  test('gives way to the YAML', async () => {
    await home.write('config', 'Host *\n  User nobody\n  Port 1\n  IdentityFile /nowhere\n  IdentitiesOnly yes\n');
    const auth = { kind: 'key', path: bed.keyPath } as const;
    expect((await whereTo(addresses[0]!, { user: 'root', port: 22, auth })).hostname).toBe('h1');
  });

  test('includes other files, by wildcard too, each where it stands', async () => {
    await home.write('config', `Include conf-*\nHost box\n  Include "${join(home.path, '.ssh/inner')}"\n  User root\n`);
    await home.write('conf-a', `Host box\n  HostName ${addresses[2]}\n`);
    await home.write('conf-b', 'Host box\n  HostName 10.0.0.99\n');
    await home.write('inner', `IdentityFile ${bed.keyPath}\n`);
    expect((await whereTo('box')).hostname).toBe('h3');
  });

  test('of nonsense is refused with its path', async () => {
    await home.write('config', 'Host "unfinished\n');
    expect(await faultOf(whereTo(addresses[0]!))).toMatchObject({ message: expect.stringContaining('.ssh/config') });
  });
});

describe('a jump host', () => {
  test('leads to the host behind it, whose ends are then not known', async () => {
    await home.write('config', `${access()}Host ${addresses[1]}\n  ProxyJump root@${addresses[0]}:22\n`);
    expect(await whereTo(addresses[1]!)).toEqual({ hostname: 'h2', ends: undefined });
  });

  test('may stand behind another one, as a list or by its own entry', async () => {
    const [h1, h2, h3] = addresses;
    await home.write('config', `${access()}Host ${h3}\n  ProxyJump ${h1},ssh://root@${h2}:22\n`);
    expect((await whereTo(h3!)).hostname).toBe('h3');
    await home.write(
      'config',
      `${access()}Host far\n  HostName ${h3}\n  ProxyJump near\nHost near\n  HostName ${h2}\n  ProxyJump ${h1}\n`,
    );
    expect((await whereTo('far')).hostname).toBe('h3');
  });

  test('is logged in to once for all hosts behind it, and left with the last', async () => {
    const log = join(bed.dir, `side-sshd-h1-${SIDE_PORT}`, 'log');
    const logins = async () => [...(await readFile(log, 'utf8')).matchAll(/Accepted publickey/g)].length;
    const partings = async () => [...(await readFile(log, 'utf8')).matchAll(/Disconnected from user/g)].length;
    await home.write(
      'config',
      `${access()}  StrictHostKeyChecking accept-new\nMatch host ${addresses[1]},${addresses[2]}\n  ProxyJump ${addresses[0]}:${SIDE_PORT}\n`,
    );
    const connector = home.connector();
    const connections = await Promise.all(
      [addresses[1]!, addresses[2]!, addresses[2]!].map((address) =>
        connector.open(sshHostSpec(address, address), signal),
      ),
    );
    expect(await logins()).toBe(1);
    const names = await Promise.all(connections.map((one) => one.exec(['hostname'], signal)));
    expect(names.map(({ stdout }) => stdout.trim())).toEqual(['h2', 'h3', 'h3']);
    await connections[0]!.close();
    expect((await connections[1]!.exec(['true'], signal)).code).toBe(0);
    expect(await partings()).toBe(0);
    await Promise.all(connections.map((connection) => connection.close()));
    await expect.poll(partings).toBe(1);
  });

  test('whose key is not known, or that goes round in circles, is a fault', async () => {
    await home.write('known_hosts', '');
    await home.write('config', `${access()}Host ${addresses[1]}\n  ProxyJump ${addresses[0]}\n`);
    const fault = await faultOf(whereTo(addresses[1]!));
    expect(fault).toMatchObject({ kind: 'host-key', message: expect.stringContaining(addresses[0]!) });
    await home.write('config', `${access()}Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n`);
    expect((await faultOf(whereTo('a'))).message).toContain('jump hosts');
  });

  test('from which the host cannot be reached is named', async () => {
    await home.write('config', `${access()}Host dead\n  HostName 127.0.0.1\n  Port 9\n  ProxyJump ${addresses[0]}\n`);
    const fault = await faultOf(whereTo('dead'));
    expect(fault).toMatchObject({ kind: 'unreachable', what: 'host' });
    expect(fault.message).toContain(`from the jump host root@${addresses[0]}`);
  });
});

describe('a ProxyCommand', () => {
  test('is the connection', async () => {
    const command = `ssh -F none -i ${bed.keyPath} -o UserKnownHostsFile=${bed.knownHostsPath} -W %h:%p root@${addresses[0]}`;
    await home.write('config', `${access()}Host ${addresses[1]}\n  ProxyCommand ${command}\n`);
    expect(await whereTo(addresses[1]!)).toEqual({ hostname: 'h2', ends: undefined });
  });

  test('that ends at once is a fault', async () => {
    await home.write('config', `${access()}Host ${addresses[1]}\n  ProxyCommand exit 3\n`);
    expect(await faultOf(whereTo(addresses[1]!))).toMatchObject({ kind: 'unreachable', what: 'host' });
  });
});

describe('a host that does not answer', () => {
  test('and refuses connections', async () => {
    const fault = await faultOf(whereTo(addresses[0]!, { user: 'root', port: 9 }));
    expect(fault).toMatchObject({ kind: 'unreachable', what: 'host', host: 'the-host' });
    expect(fault.message).toContain(`root@${addresses[0]}:9) refused`);
  });

  test('and whose name is not known', async () => {
    const fault = await faultOf(whereTo('no-such-host.invalid'));
    expect(fault).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('cannot be resolved') });
  });

  test('and is silent, is given up after ConnectTimeout', async () => {
    await home.write('config', `${access()}  ConnectTimeout 1\n`);
    await bed.hosts[2]!.cutNetwork();
    try {
      const began = performance.now();
      const fault = await faultOf(whereTo(addresses[2]!));
      expect(performance.now() - began).toBeLessThan(5000);
      expect(fault).toMatchObject({ kind: 'unreachable', what: 'host' });
    } finally {
      await bed.hosts[2]!.healNetwork();
    }
  });

  test('ends its attempt with the signal', async () => {
    await bed.hosts[2]!.cutNetwork();
    try {
      const stop = new AbortController();
      const reason = new Error('stopped by a person');
      const opening = home.connector().open(sshHostSpec('h3', addresses[2]!), stop.signal);
      setTimeout(() => stop.abort(reason), 50);
      await expect(opening).rejects.toBe(reason);
    } finally {
      await bed.hosts[2]!.healNetwork();
    }
  });
});
