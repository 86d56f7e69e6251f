/** A replicated counter: each peer counts for itself, and all tell each other what they know, until all know the same sum. */
import { createSocket } from 'node:dgram';
import { connectPeer } from 'the-mule/peer';

const GOSSIP_MS = 200;

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const tm = await connectPeer();
const listenAt = endpointOf(tm.listenAddr);
if (listenAt === undefined) throw new Error(`cannot listen at ${tm.listenAddr}`);
const address = `/ip4/${process.env['HOST_ADDR'] || '127.0.0.1'}/udp/${listenAt.port}/quic-v1`;

/** What is known of everybody's count, one's own included. Counts only grow, so the larger one is the newer one. */
const counts = new Map([[tm.name, 0]]);
const neighbours = new Map<string, Endpoint>();
let state: 'disconnected' | 'connecting' | 'connected' = 'disconnected';

const socket = createSocket('udp4');
socket.on('message', hear);
await new Promise<void>((resolve, reject) => {
  socket.once('error', reject);
  socket.bind(listenAt.port, listenAt.host, resolve);
});
const gossiping = setInterval(gossip, GOSSIP_MS);

await tm.sendStatus('started', address);
for await (const command of tm) {
  if (command.kind === 'peer') meet(command.multiaddr);
  if (command.kind === 'connect') await connect();
  if (command.kind === 'disconnect') await disconnect();
  if (command.kind === 'test') obey(command.fields);
  if (command.kind === 'restart') await tm.restart(command.delaySeconds);
  if (command.kind === 'shutdown') break;
}
clearInterval(gossiping);
socket.close();
await tm.sendStatus('stopped');
await tm.close();

async function connect(): Promise<void> {
  await tm.sendStatus('connecting');
  state = 'connecting';
  if (neighbours.size === 0) becomeConnected();
  gossip();
}

function becomeConnected(): void {
  state = 'connected';
  tm.sendStatus('connected').catch((error: unknown) => tm.log.error('%s', error));
}

async function disconnect(): Promise<void> {
  await tm.sendStatus('disconnecting');
  state = 'disconnected';
  await tm.sendStatus('disconnected');
}

function obey([word, amount]: readonly string[]): void {
  if (word === 'value') tm.log.info('value %d', sum());
  else if (word === 'add' && Number(amount) >= 0) add(Number(amount));
  else tm.log.warn('unknown command: %s', word);
}

function add(amount: number): void {
  counts.set(tm.name, counts.get(tm.name)! + amount);
  tm.log.info('added %d', amount);
  gossip();
}

function sum(): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** Tells the neighbours everything. What gets lost on the way is told again soon. */
function gossip(): void {
  if (state === 'disconnected') return;
  const datagram = JSON.stringify({ address, counts: Object.fromEntries(counts) });
  for (const { host, port } of neighbours.values()) socket.send(datagram, port, host, () => {});
}

function hear(datagram: Buffer): void {
  if (state === 'disconnected') return;
  const before = sum();
  try {
    const heard = JSON.parse(datagram.toString()) as { address: string; counts: Record<string, number> };
    for (const [name, count] of Object.entries(heard.counts)) counts.set(name, Math.max(count, counts.get(name) ?? 0));
    meet(heard.address);
  } catch (error) {
    tm.log.warn('no use for a datagram: %s', error);
    return;
  }
  if (state === 'connecting') becomeConnected();
  if (sum() === before) return;
  tm.log.info('value %d', sum());
  gossip();
}

function meet(multiaddr: string): void {
  const endpoint = endpointOf(multiaddr);
  if (endpoint === undefined) tm.log.warn('no use for the address "%s"', multiaddr);
  else if (multiaddr !== address) neighbours.set(multiaddr, endpoint);
}

function endpointOf(multiaddr: string): Endpoint | undefined {
  const [, host, port] = /^\/(?:ip4|dns4?)\/([^/]+)\/udp\/(\d{1,5})(?:\/|$)/.exec(multiaddr) ?? [];
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}
