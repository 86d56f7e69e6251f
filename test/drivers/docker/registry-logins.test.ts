import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RegistryLogins } from '../../../src/drivers/docker/registry-logins.ts';
import { imageRef } from '../../../src/model/names.ts';

const { signal } = new AbortController();
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tm-logins-'));
  await mkdir(join(home, '.docker'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const write = (config: object) => writeFile(join(home, '.docker/config.json'), JSON.stringify(config));
const auth = (text: string) => Buffer.from(text).toString('base64');

async function loginFor(ref: string): Promise<unknown> {
  const env = { PATH: `${home}:${process.env['PATH']}`, HOME: home };
  const header = await new RegistryLogins({ home, env }).headerFor(imageRef(ref), signal);
  if (header === undefined) return undefined;
  // As engines want it: padded, and fit for a header.
  expect(header).toMatch(/^[A-Za-z0-9_-]*={0,2}$/);
  expect(header.length % 4).toBe(0);
  return JSON.parse(Buffer.from(header, 'base64url').toString());
}

/** Puts a credential helper into the PATH. */
async function installHelper(name: string, script: string): Promise<void> {
  const path = join(home, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

describe('a registry’s login', () => {
  test('is nothing where nobody has logged in', async () => {
    expect(await loginFor('ghcr.io/a/b')).toBeUndefined();
    await write({ auths: { 'other.io': { auth: auth('a:b') } } });
    expect(await loginFor('ghcr.io/a/b')).toBeUndefined();
  });

  test('is what the file has for its host, as address or as URL', async () => {
    await write({
      auths: { 'ghcr.io': { auth: auth('me:pass:word') }, 'https://quay.io/v2/': { auth: auth('you:x') } },
    });
    expect(await loginFor('ghcr.io/a/b:1')).toEqual({
      username: 'me',
      password: 'pass:word',
      serveraddress: 'ghcr.io',
    });
    expect(await loginFor('quay.io/a')).toMatchObject({ username: 'you', password: 'x' });
  });

  test('of Docker Hub has a name of its own; a token stands for a password', async () => {
    await write({ auths: { 'https://index.docker.io/v1/': { auth: auth('me:'), identitytoken: 'token' } } });
    const expected = { identitytoken: 'token', serveraddress: 'https://index.docker.io/v1/' };
    expect(await loginFor('redis:7')).toEqual(expected);
    expect(await loginFor('docker.io/me/peer')).toEqual(expected);
  });

  test('comes from the helper of the registry, or from that of all', async () => {
    await installHelper('one', 'read -r server; echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"$server\\"}"');
    await installHelper('all', 'echo "{\\"Username\\":\\"me\\",\\"Secret\\":\\"ü\\"}"');
    await write({ credHelpers: { 'ghcr.io': 'one' }, credsStore: 'all' });
    expect(await loginFor('ghcr.io/a')).toEqual({ identitytoken: 'ghcr.io', serveraddress: 'ghcr.io' });
    expect(await loginFor('redis')).toMatchObject({ username: 'me', password: 'ü' });
  });

  test('falls back to the file where the helper knows nothing or is not there', async () => {
    await installHelper('empty', 'echo "credentials not found in native keychain"; exit 1');
    for (const credsStore of ['empty', 'missing']) {
      await write({ credsStore, auths: { 'ghcr.io': { auth: auth('me:x') } } });
      expect(await loginFor('ghcr.io/a')).toMatchObject({ username: 'me' });
    }
  });
});
