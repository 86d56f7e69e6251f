import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage, makeLayeredImage } from './build-image.ts';
import { engineAnswers, engineRequest } from './engine-api.ts';
import type { TestHost } from './host.ts';
import { clientBaseImages, provideImage } from './images.ts';
import { runCommand } from './run-command.ts';
import { openTunnel, sshTo } from './ssh-client.ts';
import { startTestbed, type Testbed } from './testbed.ts';
import { tracesOf } from './traces.ts';
import { until } from './until.ts';

let bed: Testbed;
let h1: TestHost;
let h2: TestHost;

const docker = (socket: string, ...args: string[]): Promise<string> =>
  runCommand('docker', ['--host', `unix://${socket}`, ...args]);

beforeAll(async () => {
  bed = await startTestbed({ hosts: [{}, { streamLocalForwarding: false }] });
  [h1, h2] = bed.hosts as [TestHost, TestHost];
  await Promise.all([
    provideImage(h1.dockerSocket, 'plainPeer'),
    provideImage(h1.dockerSocket, 'node'),
    provideImage(h2.dockerSocket, 'node'),
  ]);
});

afterAll(() => bed.stop());

describe('hosts', () => {
  test('let a key in, under host keys that known_hosts has', async () => {
    expect(await sshTo(bed, h1, 'hostname && pwd && ls -A')).toBe('h1\n/root\n');
    expect(await sshTo(bed, h2, 'hostname')).toBe('h2\n');
    await expect(sshTo({ ...bed, knownHostsPath: '/dev/null' }, h1, 'true')).rejects.toThrow(/verification failed/);
    await expect(sshTo({ ...bed, keyPath: bed.encryptedKeyPath }, h1, 'true')).rejects.toThrow(/Permission denied/);
  });

  test('let the encrypted key in once its passphrase has opened it', async () => {
    const keyPath = `${bed.encryptedKeyPath}.opened`;
    await writeFile(keyPath, await readFile(bed.encryptedKeyPath), { mode: 0o600 });
    await runCommand('ssh-keygen', ['-q', '-p', '-P', bed.passphrase, '-N', '', '-f', keyPath]);
    expect(await sshTo({ ...bed, keyPath }, h1, 'echo in')).toBe('in\n');
  });

  test('have a Docker each, seen by the login and by the control side alike', async () => {
    await docker(h1.dockerSocket, 'create', '--name', 'only-here', bed.images.plainPeer);
    expect(await sshTo(bed, h1, "docker ps -a --format '{{.Names}}'")).toBe('only-here\n');
    expect(await sshTo(bed, h2, "docker ps -a --format '{{.Names}}'")).toBe('');
    expect(await docker(bed.control.dockerSocket, 'ps', '-aq')).toBe('');
    await docker(h1.dockerSocket, 'rm', 'only-here');
  });

  test('mount the home of the login into containers', async () => {
    await sshTo(bed, h1, 'mkdir -p ~/peer-config && echo text >~/peer-config/file');
    const mount = [
      '--volume',
      '/root/peer-config:/config',
      '--entrypoint',
      'cat',
      bed.images.plainPeer,
      '/config/file',
    ];
    expect(await docker(h1.dockerSocket, 'run', '--rm', ...mount)).toBe('text\n');
    expect(await readFile(join(h1.home, 'peer-config/file'), 'utf8')).toBe('text\n');
    expect(await sshTo(bed, h2, 'ls ~')).toBe('');
  });

  test('forward to the Docker socket unless told not to, when dial-stdio still does', async () => {
    const tunnels = await Promise.all([h1, h2].map((host) => openTunnel(bed, host)));
    expect(await Promise.all(tunnels.map(({ socket }) => engineAnswers(socket)))).toEqual([true, false]);
    for (const tunnel of tunnels) tunnel.close();
    const ping = 'GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n';
    expect(await sshTo(bed, h2, 'docker system dial-stdio', ping)).toMatch(/^HTTP\/1.1 200 OK/);
  });

  test('lose their SSH, their Docker and their network, and get them back', async () => {
    await h1.stopSsh();
    await expect(sshTo(bed, h1, 'true')).rejects.toThrow(/refused/);
    await h1.startSsh();
    await h1.stopDocker();
    expect(await engineAnswers(h1.dockerSocket)).toBe(false);
    await expect(sshTo(bed, h1, 'docker ps')).rejects.toThrow(/Cannot connect/);
    await h1.startDocker();
    expect(await sshTo(bed, h1, 'docker ps -q')).toBe('');
    await h1.cutNetwork();
    await expect(sshTo(bed, h1, 'true')).rejects.toThrow(/timed out|No route/);
    await h1.healNetwork();
    expect(await sshTo(bed, h1, 'hostname')).toBe('h1\n');
  });
});

describe('network', () => {
  const echo =
    'const s=require("dgram").createSocket("udp4");s.bind(9000);s.on("message",(m,r)=>s.send(m,r.port,r.address))';
  const ask = `const s=require("dgram").createSocket("udp4");s.on("message",(m)=>{console.log(String(m));process.exit()});
    setInterval(()=>s.send("hello",9000,process.argv[1]),100);setTimeout(()=>process.exit(1),10000)`;
  const asks = (address: string): string[] => ['run', '--rm', bed.images.node, 'node', '-e', ask, address];

  test('a container on a host reaches a published TCP port of the control engine', async () => {
    const { dockerSocket, address } = bed.control;
    await docker(dockerSocket, 'run', '-d', '--name', 'redis', '-p', '16379:6379', bed.images.redis);
    const ping = ['--entrypoint', 'redis-cli', bed.images.plainPeer, '-h', address, '-p', '16379', 'PING'];
    const pong = await until(() => docker(h1.dockerSocket, 'run', '--rm', ...ping), {
      what: 'Redis',
      timeoutMs: 10_000,
    });
    expect(pong).toBe('PONG\n');
    await docker(dockerSocket, 'rm', '-f', 'redis');
  });

  test('containers reach published UDP ports of other hosts, from a host and from the control engine', async () => {
    const server = ['-d', '-p', '9000:9000/udp', '--name', 'echo', bed.images.node, 'node', '-e', echo];
    await docker(h2.dockerSocket, 'run', ...server);
    expect(await docker(h1.dockerSocket, ...asks(h2.address))).toBe('hello\n');
    expect(await docker(bed.control.dockerSocket, ...asks(h2.address))).toBe('hello\n');
  });
});

describe('images', () => {
  test('a Dockerfile builds on the stand-in for the Node image', async () => {
    const context = await mkdtemp(join(tmpdir(), 'tm-context-'));
    const lines = [`FROM ${bed.images.node}`, 'RUN node -p "6 * 7" >/answer', 'USER node', 'CMD ["cat", "/answer"]'];
    await writeFile(join(context, 'Dockerfile'), lines.join('\n'));
    await buildImage(bed, { context, tag: 'tm-test/built:1' });
    expect(await docker(bed.control.dockerSocket, 'run', '--rm', 'tm-test/built:1')).toBe('42\n');
    await rm(context, { recursive: true });
  });

  test('the stand-in for Python runs it with its standard library, for any user', async () => {
    await provideImage(bed.control.dockerSocket, 'python');
    // Without libgcc_s, a thread that outlives the interpreter would end the process with SIGABRT.
    const program =
      'import asyncio, ctypes, json, ssl; ctypes.CDLL("libgcc_s.so.1"); print(json.dumps(asyncio.run(asyncio.sleep(0, [ssl.CERT_NONE, 42]))))';
    const run = ['run', '--rm', '--user', '1000:1000', clientBaseImages.python, 'python', '-c', program];
    expect(await docker(bed.control.dockerSocket, ...run)).toBe('[0, 42]\n');
  });

  test('the stand-in for BusyBox with glibc holds that, and no library that the real one has not', async () => {
    await provideImage(bed.control.dockerSocket, 'busyboxGlibc');
    const find = ['run', '--rm', clientBaseImages.busyboxGlibc, 'find', '/', '-xdev', '-name', '*.so.*'];
    const libraries = (await docker(bed.control.dockerSocket, ...find)).trim().split('\n');
    expect(libraries.filter((file) => /\/(libc|libm|ld-linux.*|libnss_dns)\.so\.\d+$/.test(file))).toHaveLength(4);
    expect(libraries.filter((file) => /gcc|std|ssl|crypto/.test(file))).toEqual([]);
  });

  test('a layered image has the layers that were asked for', async () => {
    await makeLayeredImage(bed, 'tm-test/layers:1', [1_000, 2_000]);
    const image = JSON.parse(await engineRequest(bed.control.dockerSocket, '/images/tm-test/layers:1/json'));
    expect(image.RootFS.Layers).toHaveLength(3);
  });
});

test('two testbeds stand side by side, and stopping one leaves nothing of it', async () => {
  const other = await startTestbed({ hosts: 1, images: ['base'] });
  expect(other.dir).not.toBe(bed.dir);
  await docker(other.control.dockerSocket, 'run', '-d', '-p', '9000', other.images.base, 'sleep', '1000');
  const traces = await tracesOf(other.dir);
  expect(traces.filter((trace) => !trace.startsWith('mount'))).not.toEqual([]);
  await other.stop();
  await other.stop();
  expect(await tracesOf(other.dir)).toEqual([]);
  expect(existsSync(other.dir)).toBe(false);
  expect(await sshTo(bed, h1, 'hostname')).toBe('h1\n');
});
