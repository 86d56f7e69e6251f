import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SshConnection } from '../../../src/drivers/ssh/connection.ts';
import type { SshQuestions } from '../../../src/drivers/ssh/connector.ts';
import type { HostKeyQuestion } from '../../../src/drivers/ssh/dial.ts';
import type { ConnectionSpec } from '../../../src/model/spec.ts';
import { runCommand, toolEnv } from '../../testbed/run-command.ts';
import { startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { type SideSshd, startSideSshd } from './side-sshd.ts';
import { faultOf, makeSshHome, type SshHome, sshHostSpec } from './ssh-home.ts';

type HostKey = Extract<ConnectionSpec, { kind: 'ssh' }>['hostKey'];

const { signal } = new AbortController();
let bed: Testbed;
let address: string;
/** Offers three types of key, ed25519 first. */
let server: SideSshd;
/** In the same place, a machine that was set up anew. */
let other: SideSshd;
let home: SshHome;

beforeAll(async () => {
  bed = await startTestbed({ hosts: 1, images: [] });
  const host = bed.hosts[0]!;
  address = host.address;
  server = await startSideSshd(bed, host, { port: 2201, keys: ['ed25519', 'ecdsa', 'rsa'] });
  other = await startSideSshd(bed, host, { port: 2202, keys: ['ed25519'] });
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  home = await makeSshHome();
});
afterEach(() => home[Symbol.asyncDispose]());

/** Connects, and closes again. */
async function connect(hostKey?: HostKey, questions?: SshQuestions, name = 'h1'): Promise<SshConnection> {
  const auth = { kind: 'key', path: bed.keyPath } as const;
  const spec = { user: 'root', port: server.port, auth, ...(hostKey === undefined ? {} : { hostKey }) };
  const connection = await home.connector(questions).open(sshHostSpec(name, address, spec), signal);
  await connection.close();
  return connection;
}

const known = (...lines: readonly string[]) => home.write('known_hosts', `${lines.join('\n')}\n`);

describe('a known key', () => {
  test('is found by address and port', async () => {
    await known(`${server.knownName} ${server.publicKeys.ed25519}`);
    await connect();
  });

  test('is found by its hashed name', async () => {
    const file = await known(`${server.knownName} ${server.publicKeys.ed25519}`);
    await runCommand('ssh-keygen', ['-q', '-H', '-f', file]);
    expect(await home.read('known_hosts')).toMatch(/^\|1\|/);
    await connect();
  });

  test('is found without its port, by a wildcard, and in a second file', async () => {
    await known(`10.99.* ${other.publicKeys.ed25519}`);
    await home.write('known_hosts2', `# mine\n10.*,!10.1.* ${server.publicKeys.ed25519}\n`);
    await connect();
  });

  test('of any type will do, whichever the server would rather show', async () => {
    for (const type of ['rsa', 'ecdsa'] as const) {
      await known(`${server.knownName} ${server.publicKeys[type]}`);
      await connect();
    }
  });

  test('counts in the files that ~/.ssh/config names', async () => {
    await home.write('config', 'Host *\n  UserKnownHostsFile ~/.ssh/mine "%d/.ssh/other"\n');
    await home.write('other', `${server.knownName} ${server.publicKeys.ed25519}\n`);
    await connect();
  });
});

describe('an unknown key', () => {
  test('is refused with a command that adds it', async () => {
    const fault = await faultOf(connect());
    expect(fault).toMatchObject({ kind: 'host-key', host: 'h1' });
    expect(fault.message).toContain(`ED25519 ${server.fingerprints.ed25519}`);
    expect(await home.read('known_hosts')).toBe('');

    const command = /then: (ssh-keyscan .*)$/.exec('hint' in fault ? (fault.hint ?? '') : '')?.[1];
    await runCommand('sh', ['-c', command!], { env: { ...toolEnv, HOME: home.path } });
    await connect();
  });

  test('is refused with StrictHostKeyChecking yes, though somebody could be asked', async () => {
    await home.write('config', 'StrictHostKeyChecking yes\n');
    const fault = await faultOf(connect(undefined, { confirmHostKey: async () => true }));
    expect(fault.kind).toBe('host-key');
  });

  test('is asked about on a terminal, once for all entries of a host, and kept after a yes', async () => {
    const asked: HostKeyQuestion[] = [];
    const confirmHostKey = async (question: HostKeyQuestion) => asked.push(question) > 0;
    const connector = home.connector({ confirmHostKey });
    const auth = { kind: 'key', path: bed.keyPath } as const;
    const specs = ['one', 'two'].map((name) => sshHostSpec(name, address, { user: 'root', port: server.port, auth }));
    const connections = await Promise.all(specs.map((spec) => connector.open(spec, signal)));
    await Promise.all(connections.map((connection) => connection.close()));
    expect(asked).toEqual([
      {
        ...{ host: expect.stringMatching(/^(one|two)$/), address: `${address}:2201` },
        ...{ type: 'ED25519', fingerprint: server.fingerprints.ed25519 },
      },
    ]);
    expect(await home.read('known_hosts')).toBe(`${server.knownName} ${server.publicKeys.ed25519}\n`);
    expect(await home.modeOf('known_hosts')).toBe(0o600);
    await connect();
  });

  test('is refused after a no', async () => {
    const fault = await faultOf(connect(undefined, { confirmHostKey: async () => false }));
    expect(fault.kind).toBe('host-key');
    expect(await home.read('known_hosts')).toBe('');
  });

  test('is taken silently where the YAML or ~/.ssh/config says so, and kept', async () => {
    await connect({ kind: 'accept-new' });
    expect(await home.read('known_hosts')).toBe(`${server.knownName} ${server.publicKeys.ed25519}\n`);
    for (const word of ['accept-new', 'no']) {
      await home.write('known_hosts', '# no newline at its end');
      await home.write('config', `Host *\n  StrictHostKeyChecking ${word}\n  HashKnownHosts yes\n`);
      await connect();
      expect(await home.read('known_hosts')).toMatch(/^# no newline at its end\n\|1\|[^ ]+ ssh-ed25519 [^ ]+\n$/);
    }
    await home.write('config', '');
    await connect();
  });

  test('tells of a certificate authority that cannot help', async () => {
    await known(`@cert-authority ${server.knownName} ${server.publicKeys.rsa}`);
    expect((await faultOf(connect())).message).toContain('certificate authority');
  });
});

describe('a changed key', () => {
  test.each([undefined, { kind: 'accept-new' } as const])('is refused with both fingerprints (%o)', async (hostKey) => {
    await known('# first line', `${server.knownName} ${other.publicKeys.ed25519}`);
    const fault = await faultOf(connect(hostKey, { confirmHostKey: async () => true }));
    expect(fault).toMatchObject({ kind: 'host-key', host: 'h1', hint: expect.stringContaining('ssh-keygen -R') });
    expect(fault.message).toContain('~/.ssh/known_hosts:2');
    expect(fault.message).toContain(server.fingerprints.ed25519);
    expect(fault.message).toContain(other.fingerprints.ed25519);
  });

  test('is refused even when its type is new', async () => {
    const auth = { kind: 'key', path: bed.keyPath } as const;
    await known(`${other.knownName} ${server.publicKeys.rsa}`);
    const spec = sshHostSpec('h1', address, { user: 'root', port: other.port, auth, hostKey: { kind: 'accept-new' } });
    expect((await faultOf(home.connector().open(spec, signal))).kind).toBe('host-key');
  });

  test('is refused when it is revoked, though it is known', async () => {
    await known(`${server.knownName} ${server.publicKeys.ed25519}`, `@revoked * ${server.publicKeys.ed25519}`);
    const fault = await faultOf(connect());
    expect(fault).toMatchObject({ kind: 'host-key', message: expect.stringContaining('revoked') });
  });
});

describe('a fingerprint in the YAML', () => {
  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('is that of any of the keys: %s', async (type) => {
    await connect({ kind: 'fingerprint', sha256: server.fingerprints[type] });
    await connect({ kind: 'fingerprint', sha256: `${server.fingerprints[type].slice('SHA256:'.length)}=` });
    expect(await home.read('known_hosts')).toBe('');
  });

  test('of none of the keys is refused with both', async () => {
    const fault = await faultOf(connect({ kind: 'fingerprint', sha256: other.fingerprints.ed25519 }));
    expect(fault.kind).toBe('host-key');
    expect(fault.message).toContain(other.fingerprints.ed25519);
    expect(fault.message).toContain(server.fingerprints.ed25519);
  });
});
