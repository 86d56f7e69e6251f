import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { SESSION_LIMITS } from '../../../src/drivers/redis/redis-session.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { type Fault, toFault } from '../../../src/model/fault.ts';
import { freePort, PrivateRedis } from '../../contract/redis-server-private.ts';

const { signal } = new AbortController();
const buses = redisBuses({ ...SESSION_LIMITS, connectMs: 500 });

async function faultOf(url: string): Promise<Fault> {
  try {
    const bus = await buses.connect(new Secret(url), signal);
    await bus[Symbol.asyncDispose]();
  } catch (error) {
    expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
    return toFault(error);
  }
  throw new Error(`connected to ${url}`);
}

describe('connecting', () => {
  let server: PrivateRedis;
  let others: { server: Server; sockets: Socket[] }[] = [];

  beforeEach(async () => {
    server = await PrivateRedis.start(['--requirepass', 'secret', '--databases', '4']);
  });

  afterEach(async () => {
    for (const other of others) {
      for (const socket of other.sockets) socket.destroy();
      other.server.close();
    }
    others = [];
    await server[Symbol.asyncDispose]();
  });

  /** A server that is not Redis. */
  const other = async (behaviour: (socket: Socket) => void): Promise<number> => {
    const sockets: Socket[] = [];
    const listener = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      behaviour(socket);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    others.push({ server: listener, sockets });
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  };

  test('with the password gives the identity of the server', async () => {
    const client = await server.client(0, ':secret');
    const info = String(await client.info('server'));
    const bus = await buses.connect(new Secret(server.url(3, ':secret')), signal);
    expect(info).toContain(`run_id:${bus.instance}`);
    expect(info).toContain(`redis_version:${bus.version}`);
    await bus[Symbol.asyncDispose]();
  });

  test('says what is wrong and what to try', async () => {
    const closed = await freePort();
    const says = async (url: string) => {
      const fault = await faultOf(url);
      expect(fault).toMatchObject({ kind: 'unreachable', what: 'redis' });
      expect(fault.hint).toBeTruthy();
      return fault.message;
    };
    const { port } = server;
    expect(await says(`redis://127.0.0.1:${closed}`)).toBe(`redis://127.0.0.1:${closed}/0 refuses the connection`);
    expect(await says(server.url())).toBe(`redis://127.0.0.1:${port}/0 asks for a password`);
    expect(await says(server.url(0, ':hunter2'))).toMatch(/refuses the user or the password/);
    expect(await says(server.url(0, 'nobody:hunter2'))).toMatch(/refuses the user or the password/);
    expect(await says(server.url(77, ':secret'))).toMatch(/has no database 77/);
    expect(await says('redis://no-such-host.invalid')).toMatch(/no address is known.*no-such-host\.invalid/);
    const web = await other((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await says(`redis://127.0.0.1:${web}`)).toMatch(/is not Redis/);
    expect(await says(`rediss://127.0.0.1:${web}`)).toMatch(/TLS/);
    const mute = await other(() => undefined);
    expect(await says(`redis://127.0.0.1:${mute}`)).toMatch(/does not answer/);
    const curt = await other((socket) => socket.end());
    expect(await says(`redis://127.0.0.1:${curt}`)).toMatch(/closed the connection/);
  });

  test('a password for a server without one is refused here, as it would be for peers', async () => {
    await using open = await PrivateRedis.start();
    expect((await faultOf(open.url(0, ':hunter2'))).message).toMatch(/has no password, but one was given/);
  });

  test('ends with its signal', async () => {
    const mute = await other(() => undefined);
    const stop = new AbortController();
    const slow = redisBuses().connect(new Secret(`redis://127.0.0.1:${mute}`), stop.signal);
    stop.abort(new Error('no more'));
    await expect(slow).rejects.toThrow('no more');
  });

  test('enters as a user of the access list', async () => {
    const admin = await server.client(0, ':secret');
    await admin.call('acl', 'setuser', 'tester', 'on', '>pw', '~*', '&*', '+@all');
    const bus = await buses.connect(new Secret(server.url(0, 'tester:pw')), signal);
    expect(String(await admin.call('client', 'list'))).toMatch(/name=tm .*user=tester/);
    await bus[Symbol.asyncDispose]();
  });
});
