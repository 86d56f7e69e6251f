import { type EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SshConnection } from '../../../src/drivers/ssh/connection.ts';
import { SshDirectories } from '../../../src/drivers/ssh/ssh-directories.ts';
import { startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { startSideSshd } from './side-sshd.ts';
import { faultOf, makeSshHome, type SshHome, sshHostSpec } from './ssh-home.ts';

const { signal } = new AbortController();
const PLAIN_PORT = 2204;
let bed: Testbed;
let home: SshHome;
let connection: SshConnection;
let echo: Server;
let echoPath: string;

beforeAll(async () => {
  bed = await startTestbed({ hosts: 1, images: [] });
  // Neither SFTP nor forwarding.
  const config = ['Subsystem none /bin/false', 'AllowStreamLocalForwarding no', 'SetEnv PATH=/bin:/usr/bin'];
  await startSideSshd(bed, bed.hosts[0]!, { port: PLAIN_PORT, keys: ['ed25519'], config });
  home = await makeSshHome();
  await home.write('known_hosts', await readFile(bed.knownHostsPath, 'utf8'));
  // The host sees the same files below the testbed's directory.
  echoPath = join(bed.dir, 'echo.sock');
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(echoPath);
  await once(echo, 'listening');
});
afterAll(async () => {
  echo?.close();
  await home?.[Symbol.asyncDispose]();
  await bed?.stop();
});

const open = (port = 22) => {
  const auth = { kind: 'key', path: bed.keyPath } as const;
  const spec = { user: 'root', port, auth, hostKey: { kind: 'accept-new' } } as const;
  return home.connector().open(sshHostSpec('h1', bed.hosts[0]!.address, spec), signal);
};

beforeEach(async () => {
  connection = await open();
});
afterEach(() => connection.close());

describe('a command', () => {
  test('gets its arguments as they are', async () => {
    const words = ['plain', 'two words', `it's`, '"$HOME" `id` \\ ;|&', 'line\nbreak', '', '*', '~', 'ü'];
    const { code, stdout } = await connection.exec(['printf', '%s|', ...words], signal);
    expect({ code, stdout }).toEqual({ code: 0, stdout: words.map((word) => `${word}|`).join('') });
  });

  test('tells its exit code and both outputs', async () => {
    const script = 'echo out; echo err >&2; exit 3';
    expect(await connection.exec(['sh', '-c', script], signal)).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  test('that waits for ever ends with the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped by a person');
    setTimeout(() => stop.abort(reason), 100);
    await expect(connection.exec(['sleep', '1000'], stop.signal)).rejects.toBe(reason);
  });

  test('is a stream; when it fails, its stream fails with what it said', async () => {
    const cat = connection.execStream(['cat']);
    expect(await talk(cat, 'through cat')).toBe('through cat');
    const failing = connection.execStream(['sh', '-c', 'echo no such thing >&2; exit 5']);
    const [error] = await once(failing, 'error');
    expect(error).toMatchObject({ message: 'no such thing', code: 5 });
  });
});

describe('a forwarded socket', () => {
  test('carries bytes both ways, 100 of them at once', async () => {
    const texts = Array.from({ length: 100 }, (_none, at) => `${at} `.repeat(1000));
    expect(await Promise.all(texts.map((text) => talk(connection.forward(echoPath), text)))).toEqual(texts);
  });

  test('that is not there fails, and the connection stands', async () => {
    const [error] = await once(connection.forward('/nowhere.sock'), 'error');
    expect(String(error)).toContain('open failed');
    expect((await connection.exec(['true'], signal)).code).toBe(0);
  });

  test('is read no faster than its reader reads', async () => {
    const stream = connection.forward(echoPath);
    const chunk = Buffer.alloc(1024 * 1024, 7);
    let written = 0;
    // Nobody reads: after a few buffers on the way, writing must stop.
    while (stream.write(chunk)) written += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stream.readableLength).toBeLessThan(2 * chunk.length);
    let read = 0;
    const expected = (written + 1) * chunk.length;
    await new Promise<void>((resolve) => {
      stream.on('data', (piece: Buffer) => {
        read += piece.length;
        if (read === expected) resolve();
      });
    });
    stream.destroy();
  });
});

/** Resolves when a client has closed. Not `once`: that rejects with the error by which a connection may break first. */
const closeOf = (client: EventEmitter): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()));

describe('a broken connection', () => {
  const host = () => bed.hosts[0]!;

  test('is made anew by the next call', async () => {
    const before = await connection.session(signal);
    const closed = closeOf(before.client);
    await host().stopSsh();
    await closed;
    await host().startSsh();
    expect(await talk(connection.forward(echoPath), 'again')).toBe('again');
    expect(await connection.session(signal)).not.toBe(before);
  });

  test('ends what was under way on it', async () => {
    const stream = connection.forward(echoPath);
    stream.on('error', () => {});
    await talkOn(stream, 'first');
    await host().stopSsh();
    if (!stream.closed) await once(stream, 'close');
    await host().startSsh();
  });

  test('is waited for while its server starts', async () => {
    const { client } = await connection.session(signal);
    const closed = closeOf(client);
    await host().stopSsh();
    await closed;
    const call = connection.exec(['echo', 'back'], signal);
    setTimeout(() => void host().startSsh(), 700);
    expect((await call).stdout).toBe('back\n');
  });

  test('is given up in the end, and may still come back later', async () => {
    const { client } = await connection.session(signal);
    const closed = closeOf(client);
    await host().stopSsh();
    await closed;
    try {
      expect(await faultOf(connection.exec(['true'], signal))).toMatchObject({
        kind: 'unreachable',
        what: 'host',
        host: 'h1',
      });
    } finally {
      await host().startSsh();
    }
    expect((await connection.exec(['true'], signal)).code).toBe(0);
  });
});

describe.each([
  ['by SFTP', 22],
  ['by commands', PLAIN_PORT],
])('directories %s', (_how, port) => {
  test('are made with their parents, and removed when they are empty', async () => {
    await using own = await open(port);
    const directories = new SshDirectories(own);
    const homeThere = await directories.home(signal);
    expect(homeThere).toBe('/root');
    const here = (path: string) => join(bed.hosts[0]!.home, path);
    const names = ['a', 'b', 'c d', "e'f"].map((name) => `peer-config-${port}/deep/${name}`);
    await Promise.all([...names, ...names].map((name) => directories.make(`${homeThere}/${name}`, signal)));
    expect(names.map((name) => existsSync(here(name)))).toEqual([true, true, true, true]);

    await writeFile(here(`${names[0]}/key`), 'kept');
    await Promise.all(names.map((name) => directories.removeEmpty(`${homeThere}/${name}`, signal)));
    expect(names.map((name) => existsSync(here(name)))).toEqual([true, false, false, false]);
    await directories.removeEmpty(`${homeThere}/${names[1]}`, signal);

    const fault = await faultOf(directories.make(`${homeThere}/${names[0]}/key/below`, signal));
    expect(fault).toMatchObject({ kind: 'failed', host: 'h1', message: expect.stringContaining('/key/below') });
  });
});

/** Writes to a stream that echoes, and gives what comes back; ends it. */
async function talk(stream: Duplex, text: string): Promise<string> {
  const answer = await talkOn(stream, text);
  stream.destroy();
  return answer;
}

async function talkOn(stream: Duplex, text: string): Promise<string> {
  stream.write(text);
  let answer = '';
  while (answer.length < text.length) answer += String((await once(stream, 'data'))[0]);
  return answer;
}
