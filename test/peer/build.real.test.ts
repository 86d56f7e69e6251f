import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildDeclarations, buildPeer, buildTm } from '../../scripts/build.mjs';
import { PrivateRedis } from './private-redis.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** All the ways to use the library; the example; what its README shows. */
const PROGRAMS = ['consumer.ts', 'counter.ts', 'readme.ts'];

/** Somebody else's project, with the package installed as npm would leave it. */
let consumer: string;

beforeAll(async () => {
  consumer = await mkdtemp(join(tmpdir(), 'tm-consumer-'));
  const installed = join(consumer, 'node_modules', 'the-mule');
  await mkdir(join(installed, 'dist'), { recursive: true });
  await copyFile(join(root, 'package.json'), join(installed, 'package.json'));
  await buildPeer(join(installed, 'dist', 'peer.js'));
  await buildDeclarations(join(installed, 'dist'));
  for (const dependency of ['ioredis', '@types', 'undici-types']) {
    await symlink(join(root, 'node_modules', dependency), join(consumer, 'node_modules', dependency));
  }
  await writeFile(join(consumer, 'package.json'), '{ "type": "module" }');
  await copyFile(join(root, 'test/peer/fixtures/consumer.ts.txt'), join(consumer, 'consumer.ts'));
  await copyFile(join(root, 'examples/counter/counter.ts'), join(consumer, 'counter.ts'));
  const readme = await readFile(join(root, 'src/peer/README.md'), 'utf8');
  await writeFile(
    join(consumer, 'readme.ts'),
    /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? 'no program in the README',
  );
});
afterAll(() => rm(consumer, { recursive: true, force: true }));

it.each(['nodenext', 'preserve'])(
  'the declarations compile strictly in a project of module kind %s',
  async (module) => {
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noEmit',
      '--skipLibCheck',
      'false',
      '--types',
      'node',
    ];
    const compiling = run(process.execPath, [tsc, ...options, '--module', module, '--target', 'es2023', ...PROGRAMS], {
      cwd: consumer,
    });
    await expect(compiling.catch((error: { stdout: string }) => error.stdout)).resolves.toMatchObject({ stdout: '' });
  },
);

it('the declarations do not speak of ioredis', async () => {
  const text = await readFile(join(consumer, 'node_modules/the-mule/dist/peer/client.d.ts'), 'utf8');
  expect(text).toContain('connectPeer');
  expect(text).not.toMatch(/ioredis|\.ts'/);
});

it('the library runs as it is published', async () => {
  await using redis = await PrivateRedis.start();
  const script = `import { connectPeer } from 'the-mule/peer';
    const client = await connectPeer();
    client.log.info('hello');
    for await (const command of client) { await client.sendStatus('got', command.raw); break; }
    await client.close();`;
  await writeFile(join(consumer, 'peer.mjs'), script);
  await redis.admin.rpush('alice_command', 'connect');
  const { stdout, stderr } = await run(process.execPath, ['peer.mjs'], {
    cwd: consumer,
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis.url(),
      PEER_NAME: 'alice',
      LISTEN_ADDR: '/ip4/0.0.0.0/udp/1/quic-v1',
    },
  });
  expect([stdout, stderr]).toEqual(['', '']);
  expect(await redis.admin.get('alice_status')).toBe('got|connect');
  expect(await redis.logOf('alice')).toEqual(['info|hello']);
});

it('tm runs as it is published, from a directory without node_modules, and finds all that its libraries look for', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tm-bundle-'));
  try {
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    await buildTm(directory);
    const tm = join(directory, 'tm.js');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    expect((await run(tm, ['--version'])).stdout).toBe(`tm ${version}\n`);

    // A host that refuses: as far as SSH and Docker can be tried without one.
    const example = await readFile(join(root, 'examples/five-peers-one-host.yaml'), 'utf8');
    await writeFile(
      join(directory, 'test.yaml'),
      example.replaceAll('192.0.2.10', '127.0.0.1').replace('ssh_user:', 'ssh_port: 1\n    ssh_user:'),
    );
    const env = { PATH: process.env['PATH'], HOME: directory, DOCKER_HOST: 'unix:///no/such.sock' };
    const planning = run(tm, ['plan', 'test.yaml'], { cwd: directory, env });
    await expect(planning).rejects.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('refused the connection'),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
