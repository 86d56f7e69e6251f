/**
 * The peer of the examples: a small distributed program that `tm` can put through its paces. Peers find each other over UDP, and pass
 * messages on until they arrive. It shows how a peer speaks with tm; in your own project the import is from 'the-mule/peer'.
 *
 * Its commands are in README.md, beside this file.
 */
import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { connectPeer, type PeerClient, type PeerCommand } from '../../src/peer/client.ts';
import { LONGEST_TEXT, Mesh } from './mesh.ts';
import { parseMultiaddr } from './multiaddr.ts';

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
const COUNT = /^\d{1,7}$/;
/** What a timer can hold. */
const MILLISECONDS = /^\d{1,9}$/;

const client = await connectPeer();
const { log } = client;
const mailbox: { readonly from: string; readonly text: string }[] = [];
const tracked = new Set<string>();
let key = newKey();

const mesh = await listen(client);

await client.sendStatus('started', mesh.multiaddr);
for await (const command of client) {
  log.debug('command %s', command.raw);
  await obey(command);
}

async function obey(command: PeerCommand): Promise<void> {
  switch (command.kind) {
    case 'connect':
      // In the background: with nobody there to answer it takes for ever, and commands must still be heard.
      if (mesh.state !== 'idle') return report(mesh.state);
      report('connecting');
      return mesh.connect();
    case 'disconnect':
      // Nothing here waits for Redis, so that a signal is obeyed while Redis is away.
      report('disconnecting');
      mesh.disconnect();
      return report('disconnected');
    case 'peer':
      if (mesh.add(command.multiaddr)) log.info('knows %s', command.multiaddr);
      else log.warn('no use for the address "%s"', command.multiaddr);
      return;
    case 'restart':
      mesh.close();
      return client.restart(command.delaySeconds);
    case 'shutdown':
      return stop();
    case 'test':
      return test(command.fields, command.raw);
  }
}

async function test(fields: readonly string[], raw: string): Promise<void> {
  const [word, argument = ''] = fields;
  switch (word) {
    case 'push':
      return push(argument, fields.slice(2).join('|'));
    case 'pull':
      if (mailbox.length === 0) log.info('pull: no messages');
      for (const { from, text } of mailbox) log.info('pulled %s from %s', text, from);
      return;
    case 'rotate-key':
      key = newKey();
      log.info('rotated its key to %s', key);
      if (!mesh.say({ kind: 'key', key })) log.warn('the new key is not announced: not connected');
      return;
    case 'track':
      tracked.add(argument);
      log.info('tracks %s', argument);
      return;
    case 'log':
      return writeLines(fields, raw);
    case 'status':
      for (const status of fields.slice(1)) report(status);
      return;
    case 'work':
      if (!MILLISECONDS.test(argument)) return unknown(raw);
      await pause(Number(argument));
      log.info('worked %s ms', argument);
      return;
    case 'crash':
      log.error('crashes on command');
      await client.flush();
      process.exit(/^\d+$/.test(argument) ? Number(argument) : 1);
      return;
    case 'hang':
      log.error('hangs on command');
      await client.flush();
      // Blocks the only thread, so that no signal handler runs either: only SIGKILL helps.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      return;
    default:
      unknown(raw);
  }
}

function unknown(raw: string): void {
  log.warn('unknown command: %s', raw);
}

/** As fast as it can, which shows what becomes of lines that Redis cannot take at that rate. */
function writeLines([, word, count = '', ...rest]: readonly string[], raw: string): void {
  const level = LEVELS.find((known) => known === word);
  if (level === undefined || !COUNT.test(count)) {
    unknown(raw);
    return;
  }
  const text = rest.join('|');
  const began = performance.now();
  for (let number = 1; number <= Number(count); number++) log[level](`${text} ${number}`);
  log.info('logged %s lines in %d ms', count, Math.round(performance.now() - began));
}

function push(to: string, text: string): void {
  if (text.length > LONGEST_TEXT) log.error('push to %s: longer than %d characters', to, LONGEST_TEXT);
  else if (to === client.name) receive(to, text);
  else if (mesh.say({ kind: 'message', to, text })) log.info('pushed %s to %s', text, to);
  else log.warn('push to %s: not connected', to);
}

function receive(from: string, text: string): void {
  mailbox.push({ from, text });
  log.info('got %s from %s', text, from);
}

async function listen({ listenAddr, name }: PeerClient): Promise<Mesh> {
  const at = parseMultiaddr(listenAddr);
  try {
    if (at === undefined) throw new Error('expected /ip4/<address>/udp/<port>/…');
    return await Mesh.listen(name, at, process.env['HOST_ADDR'] || firstAddress(), {
      connected: () => report('connected'),
      linked: (peer, multiaddr) => {
        log.info('linked with %s', peer);
        if (tracked.has(peer)) log.info('tracked %s: is at %s', peer, multiaddr);
      },
      unlinked: (peer, because) => {
        log.warn('lost %s: %s', peer, because);
        if (tracked.has(peer)) log.info('tracked %s: is gone', peer);
      },
      message: receive,
      key: (of, itsKey) => {
        if (tracked.has(of)) log.info('tracked %s: has the new key %s', of, itsKey);
      },
    });
  } catch (error) {
    log.error('cannot listen at %s: %s', listenAddr, error);
    await client.close();
    console.error(`cannot listen at ${listenAddr}:`, error);
    return process.exit(1);
  }
}

/** Sends a status that nobody waits for; they keep their order. */
function report(status: string): void {
  client.sendStatus(status).catch((error: unknown) => log.error('status %s: %s', status, error));
}

async function stop(): Promise<void> {
  mesh.disconnect();
  report('stopped');
  await client.close();
  process.exit(0);
}

function newKey(): string {
  return randomBytes(8).toString('hex');
}

function firstAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
