import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SshQuestions } from '../../../src/drivers/ssh/connector.ts';
import { Secret } from '../../../src/lib/secret.ts';
import type { ConnectionSpec } from '../../../src/model/spec.ts';
import { makeKey } from '../../testbed/keys.ts';
import { startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { startSshAgent } from './ssh-agent.ts';
import { faultOf, makeSshHome, type SshHome, sshHostSpec } from './ssh-home.ts';

type Auth = Extract<ConnectionSpec, { kind: 'ssh' }>['auth'];

const { signal } = new AbortController();
let bed: Testbed;
let home: SshHome;

beforeAll(async () => {
  bed = await startTestbed({ hosts: 2, images: [] });
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  home = await makeSshHome();
  await home.write('known_hosts', await readFile(bed.knownHostsPath, 'utf8'));
});
afterEach(() => home[Symbol.asyncDispose]());

const key = (path: string): Auth => ({ kind: 'key', path });

/** Logs in to both hosts at once and gives who we are there. */
async function logIn(auth: Auth, questions: SshQuestions = {}, env: Readonly<Record<string, string>> = {}) {
  const connector = home.connector(questions, env);
  const connections = await Promise.all(
    bed.hosts.map(({ name, address }) =>
      connector.open(sshHostSpec(name, address, { user: 'root', ...(auth === undefined ? {} : { auth }) }), signal),
    ),
  );
  const users = await Promise.all(connections.map((one) => one.exec(['whoami'], signal)));
  await Promise.all(connections.map((connection) => connection.close()));
  return users.map(({ stdout }) => stdout.trim());
}

const both = ['root', 'root'];

/** Puts a key pair into `.ssh`. */
async function install(from: string, name: string): Promise<string> {
  const path = join(home.path, '.ssh', name);
  await copyFile(from, path);
  await copyFile(`${from}.pub`, `${path}.pub`);
  return path;
}

describe('a key file', () => {
  test('is named by an absolute path or from the home directory', async () => {
    expect(await logIn(key(bed.keyPath))).toEqual(both);
    await install(bed.keyPath, 'mine');
    expect(await logIn(key('~/.ssh/mine'))).toEqual(both);
  });

  test('that does not exist is named in the fault', async () => {
    expect(await faultOf(logIn(key('~/.ssh/nothing')))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('~/.ssh/nothing'),
    });
  });

  test('that is no key is named in the fault', async () => {
    const path = await home.write('mine', 'this is not a key');
    expect(await faultOf(logIn(key(path)))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('~/.ssh/mine'),
    });
  });

  test('that the host does not know is told, with what was tried', async () => {
    await makeKey(join(home.path, '.ssh/stranger'), '', 'stranger');
    const fault = await faultOf(logIn(key('~/.ssh/stranger')));
    expect(fault).toMatchObject({ kind: 'unreachable', what: 'host', hint: expect.stringContaining('ssh-copy-id') });
    expect(fault.message).toContain('it was shown ~/.ssh/stranger');
  });

  test('need not be named where it has a usual name, after others that the host does not know', async () => {
    await makeKey(join(home.path, '.ssh/id_ed25519'), '', 'stranger');
    await install(bed.keyPath, 'id_rsa');
    expect(await logIn(undefined)).toEqual(both);
  });

  test('without any key at all the fault says so', async () => {
    expect((await faultOf(logIn(undefined))).message).toContain('no key to show');
  });
});

describe('a key with a passphrase', () => {
  test('is opened by TM_SSH_PASSPHRASE', async () => {
    expect(await logIn(key(bed.encryptedKeyPath), {}, { TM_SSH_PASSPHRASE: bed.passphrase })).toEqual(both);
  });

  test('is asked for once for all hosts, and again after a slip', async () => {
    const asked: string[] = [];
    const askPassphrase = async (path: string) => new Secret(asked.push(path) === 1 ? 'wrong' : bed.passphrase);
    expect(await logIn(key(bed.encryptedKeyPath), { askPassphrase }, { TM_SSH_PASSPHRASE: 'wrong too' })).toEqual(both);
    expect(asked).toEqual([bed.encryptedKeyPath, bed.encryptedKeyPath]);
  });

  test('is a fault where nobody tells it', async () => {
    const expected = { kind: 'unreachable', hint: expect.stringContaining('TM_SSH_PASSPHRASE') };
    expect(await faultOf(logIn(key(bed.encryptedKeyPath)))).toMatchObject(expected);
    const questions = { askPassphrase: async () => undefined };
    expect(await faultOf(logIn(key(bed.encryptedKeyPath), questions))).toMatchObject(expected);
  });

  test('is not asked for when the agent has the key', async () => {
    await using agent = await startSshAgent(home.path);
    await agent.add(bed.keyPath);
    // The public half beside the locked file says which of the agent's keys it is.
    const path = await install(bed.keyPath, 'mine');
    await writeFile(path, await readFile(bed.encryptedKeyPath));
    expect(await logIn(key(path), {}, { SSH_AUTH_SOCK: agent.socket })).toEqual(both);
  });
});

describe('the agent', () => {
  test('is used when it is asked for, and when nothing is said', async () => {
    await using agent = await startSshAgent(home.path);
    await agent.add(bed.keyPath);
    const env = { SSH_AUTH_SOCK: agent.socket };
    expect(await logIn({ kind: 'agent' }, {}, env)).toEqual(both);
    expect(await logIn(undefined, {}, env)).toEqual(both);
  });

  test('shows the key that is named before its many others, which would use up the attempts', async () => {
    await using agent = await startSshAgent(home.path);
    for (let at = 0; at < 7; at++) {
      const path = join(home.path, `stranger-${at}`);
      await makeKey(path, '', 'stranger');
      await agent.add(path);
    }
    await agent.add(bed.keyPath);
    const env = { SSH_AUTH_SOCK: agent.socket };
    const fault = await faultOf(logIn({ kind: 'agent' }, {}, env));
    expect(fault).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('keys of the agent') });
    const path = await install(bed.keyPath, 'mine');
    await home.write('config', `Host *\n  IdentityFile ${path}\n  IdentitiesOnly yes\n`);
    await writeFile(path, 'locked away');
    expect(await logIn(undefined, {}, env)).toEqual(both);
  });

  test('that is asked for and is not there is a fault; otherwise files are used', async () => {
    expect(await faultOf(logIn({ kind: 'agent' }))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('SSH_AUTH_SOCK'),
    });
    const env = { SSH_AUTH_SOCK: join(home.path, 'nobody.sock') };
    expect((await faultOf(logIn({ kind: 'agent' }, {}, env))).message).toContain('nobody.sock');
    await install(bed.keyPath, 'id_ed25519');
    expect(await logIn(undefined, {}, env)).toEqual(both);
  });

  test('of IdentityAgent counts, and none of it too', async () => {
    await using agent = await startSshAgent(home.path);
    await agent.add(bed.keyPath);
    await home.write('config', `IdentityAgent ${agent.socket}\n`);
    expect(await logIn({ kind: 'agent' })).toEqual(both);
    await home.write('config', 'IdentityAgent none\n');
    expect((await faultOf(logIn({ kind: 'agent' }, {}, { SSH_AUTH_SOCK: agent.socket }))).kind).toBe('unreachable');
  });
});
