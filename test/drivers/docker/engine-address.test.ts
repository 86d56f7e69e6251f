import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEngineAddress } from '../../../src/drivers/docker/engine-address.ts';
import { findLocalEngine } from '../../../src/drivers/docker/find-engine.ts';

describe('an engine’s address', () => {
  test.each([
    ['unix:///run/docker.sock', { kind: 'unix', path: '/run/docker.sock' }],
    ['/run/docker.sock', { kind: 'unix', path: '/run/docker.sock' }],
    ['tcp://10.0.0.5:2375', { kind: 'tcp', host: '10.0.0.5', port: 2375, tls: false }],
    ['tcp://engine', { kind: 'tcp', host: 'engine', port: 2375, tls: false }],
    ['tcp://engine:2376', { kind: 'tcp', host: 'engine', port: 2376, tls: true }],
    ['https://engine', { kind: 'tcp', host: 'engine', port: 2376, tls: true }],
    ['tcp://[::1]:4000', { kind: 'tcp', host: '::1', port: 4000, tls: false }],
  ])('%s', (text, address) => {
    expect(parseEngineAddress(text, 'DOCKER_HOST')).toEqual(address);
  });

  test('with TLS asked for beside it', () => {
    expect(parseEngineAddress('tcp://engine', 'DOCKER_HOST', { tls: true })).toMatchObject({ port: 2376, tls: true });
  });

  test.each(['', 'unix://', 'engine:2375', 'tcp://', 'npipe:////./pipe/docker_engine'])('%j is refused', (text) => {
    expect(() => parseEngineAddress(text, 'docker_host of h1')).toThrow('docker_host of h1 cannot be read');
  });

  test('over SSH is refused with a better way', () => {
    expect(() => parseEngineAddress('ssh://host', 'DOCKER_HOST')).toThrow(
      expect.objectContaining({ fault: expect.objectContaining({ hint: expect.stringContaining('connection: ssh') }) }),
    );
  });
});

describe('this machine’s engine', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'tm-engine-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const chooseContext = async (name: string, host: string) => {
    const directory = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
    await mkdir(directory, { recursive: true });
    await writeFile(
      join(directory, 'meta.json'),
      JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
    );
    await writeFile(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
  };

  test('is where DOCKER_HOST says, whatever else there is', async () => {
    await chooseContext('colima', 'unix:///colima.sock');
    const env = { DOCKER_HOST: 'tcp://10.0.0.1', DOCKER_TLS_VERIFY: '1' };
    expect(await findLocalEngine({ home, env })).toEqual({ kind: 'tcp', host: '10.0.0.1', port: 2376, tls: true });
  });

  test('is that of the context that is chosen', async () => {
    await chooseContext('colima', 'unix:///colima.sock');
    expect(await findLocalEngine({ home, env: {} })).toEqual({ kind: 'unix', path: '/colima.sock' });
    const usual = await findLocalEngine({ home, env: { DOCKER_CONTEXT: 'default' } });
    expect(usual).not.toEqual({ kind: 'unix', path: '/colima.sock' });
  });

  test('is at the usual place where nothing is said, or nothing that can be read', async () => {
    const usual = await findLocalEngine({ home, env: {} });
    expect(usual).toMatchObject({ kind: 'unix', path: expect.stringMatching(/docker\.sock$/) });
    await mkdir(join(home, '.docker'));
    await writeFile(join(home, '.docker/config.json'), 'not json');
    expect(await findLocalEngine({ home, env: {} })).toEqual(usual);
  });
});
