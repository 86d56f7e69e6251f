import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../../src/drivers/ssh/resolve-target.ts';
import { SshConfigFile } from '../../../src/drivers/ssh/ssh-config-file.ts';
import { showTarget } from '../../../src/drivers/ssh/target.ts';
import { hostName } from '../../../src/model/names.ts';
import type { ConnectionSpec } from '../../../src/model/spec.ts';
import { makeSshHome, type SshHome } from './ssh-home.ts';

let home: SshHome;

beforeEach(async () => {
  home = await makeSshHome();
});
afterEach(() => home[Symbol.asyncDispose]());

type SshSpec = Partial<Extract<ConnectionSpec, { kind: 'ssh' }>>;

const target = (alias: string, spec: SshSpec = {}, env: Readonly<Record<string, string>> = {}) =>
  resolveTarget(hostName('h1'), alias, { kind: 'ssh', ...spec }, new SshConfigFile(home.path), {
    ...{ home: home.path, env, localUser: 'me' },
  });

describe('without ~/.ssh/config', () => {
  test('a host is reached as OpenSSH would', async () => {
    expect(await target('10.0.0.5', {}, { SSH_AUTH_SOCK: '/agent' })).toEqual({
      ...{ host: 'h1', alias: '10.0.0.5', address: '10.0.0.5', port: 22, user: 'me', connectTimeoutMs: 10_000 },
      hostKey: {
        unknown: 'ask',
        userFiles: [`${home.path}/.ssh/known_hosts`, `${home.path}/.ssh/known_hosts2`],
        globalFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
        hashNames: false,
      },
      keys: {
        agent: '/agent',
        onlyFiles: false,
        files: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => ({
          path: `${home.path}/.ssh/${name}`,
          isNamed: false,
        })),
      },
    });
  });

  test('the YAML decides user, port, keys and host key', async () => {
    const auth = { kind: 'key', path: '~/keys/id' } as const;
    const spec = { user: 'deploy', port: 2222, auth, hostKey: { kind: 'fingerprint', sha256: 'SHA256:x' } } as const;
    expect(await target('box', spec)).toMatchObject({
      ...{ user: 'deploy', port: 2222, hostKey: { unknown: 'ask', fingerprint: 'SHA256:x' } },
      keys: { onlyFiles: true, files: [{ path: `${home.path}/keys/id`, isNamed: true }], asked: auth },
    });
    expect((await target('box', { auth: { kind: 'agent' } })).keys).toEqual({
      ...{ onlyFiles: false, files: [], asked: { kind: 'agent' } },
    });
  });
});

describe('with ~/.ssh/config', () => {
  test('the first value counts, keywords have no case, and wildcards match', async () => {
    await home.write(
      'config',
      [
        'host box* !box9',
        '  hostname %h.example.org',
        '  PORT=2200',
        '  user "deploy"',
        'Host *',
        '  Port 9',
        '  User other',
      ].join('\n'),
    );
    expect(await target('box1')).toMatchObject({ address: 'box1.example.org', port: 2200, user: 'deploy' });
    expect(await target('box9')).toMatchObject({ address: 'box9', port: 9, user: 'other' });
  });

  test('paths know ~, tokens and variables', async () => {
    await home.write(
      'config',
      [
        'Host box\n  HostName 10.0.0.5\n  User deploy',
        '  IdentityFile ~/keys/%r@%h',
        '  IdentityFile ${KEYS}/%n-%p-%%',
        '  IdentityFile relative',
        '  UserKnownHostsFile /dev/null',
        '  IdentityAgent ~/agent.sock',
      ].join('\n'),
    );
    const { keys, hostKey } = await target('box', {}, { KEYS: '/keys' });
    expect(keys.files.map(({ path }) => path)).toEqual([
      `${home.path}/keys/deploy@10.0.0.5`,
      '/keys/box-22-%',
      `${home.path}/.ssh/relative`,
    ]);
    expect(keys.agent).toBe(`${home.path}/agent.sock`);
    expect(hostKey.userFiles).toEqual(['/dev/null']);
  });

  test.each([
    ['yes', 'strict'],
    ['ask', 'ask'],
    ['accept-new', 'accept-new'],
    ['no', 'accept-new'],
    ['off', 'accept-new'],
  ])('StrictHostKeyChecking %s is %s, unless the YAML says otherwise', async (word, unknown) => {
    await home.write('config', `StrictHostKeyChecking ${word}\n`);
    expect((await target('box')).hostKey.unknown).toBe(unknown);
    expect((await target('box', { hostKey: { kind: 'strict' } })).hostKey.unknown).toBe('ask');
    expect((await target('box', { hostKey: { kind: 'accept-new' } })).hostKey.unknown).toBe('accept-new');
  });

  test('ProxyJump wins over ProxyCommand, and none is none', async () => {
    await home.write(
      'config',
      [
        'Host jumped\n  ProxyJump deploy@[fe80::1]:2200\n  ProxyCommand nc %h %p',
        'Host plain\n  ProxyJump none\n  ProxyCommand none',
        'Host commanded\n  HostName 10.0.0.5\n  ProxyCommand nc -x "proxy host:1080" %h %p',
      ].join('\n'),
    );
    const jumped = await target('jumped');
    expect(jumped.proxyCommand).toBeUndefined();
    expect(showTarget(jumped.via!)).toBe('deploy@[fe80::1]:2200');
    expect(await target('plain')).not.toHaveProperty('via');
    expect(await target('plain')).not.toHaveProperty('proxyCommand');
    expect((await target('commanded')).proxyCommand).toBe('nc -x "proxy host:1080" 10.0.0.5 22');
  });

  test('a jump host has its own settings, and not the key that the YAML names for the host', async () => {
    await home.write(
      'config',
      'Host bastion\n  HostName 10.0.0.1\n  User gate\n  Port 22022\n  ProxyJump none\nHost *\n  ProxyJump bastion\n',
    );
    const { via, keys } = await target('box', { user: 'deploy', auth: { kind: 'key', path: '/key' } });
    expect(keys.files).toEqual([{ path: '/key', isNamed: true }]);
    expect(showTarget(via!)).toBe('gate@10.0.0.1:22022');
    expect(via!.keys.files.map(({ path }) => path)).not.toContain('/key');
    expect(via).not.toHaveProperty('via');
  });
});
