import type { PeerName } from '../../model/names.ts';
import { peerCommand } from '../../model/wire.ts';
import type { Session } from '../session.ts';
import { names } from './startup.ts';

/** Milliseconds that a missing address is waited for, as the Rust tool waits. */
const ADDRESS_WAIT_MS = 10_000;

/** Tells each peer the addresses of the peers in its `bootstrap`, in the order of the file. A missing address becomes a warning. */
export async function bootstrap(session: Session): Promise<void> {
  const { board, recorder, request, world, monitoring } = session;
  if (monitoring === undefined) throw new Error('nobody listens');
  const wanted = new Set(request.desired.spec.peers.flatMap((peer) => peer.bootstrap));
  const known = () => [...wanted].every((peer) => board.peers.get(peer)?.multiaddr !== undefined);
  const outcome = await board.until(known, world.clock, world.clock.now() + ADDRESS_WAIT_MS, session.stop.signal);
  if (outcome === 'stopped') return;
  const sends: Promise<number>[] = [];
  const untold = new Map<PeerName, PeerName[]>();
  for (const peer of request.desired.spec.peers) {
    for (const neighbour of peer.bootstrap) {
      const multiaddr = board.peers.get(neighbour)?.multiaddr;
      if (multiaddr !== undefined) {
        sends.push(monitoring.send(peer.name, peerCommand(multiaddr), { kind: 'bootstrap' }));
        continue;
      }
      untold.set(neighbour, [...(untold.get(neighbour) ?? []), peer.name]);
    }
  }
  for (const [neighbour, peers] of untold) {
    const who = `${names(peers.map((peer) => ({ peer })))} ${peers.length === 1 ? 'is' : 'are'}`;
    recorder.emit({
      type: 'warning',
      message: `${neighbour} gave no address within ${ADDRESS_WAIT_MS / 1000} s, so ${who} not told it`,
      hint: 'a peer gives its address by reporting started|<multiaddr>',
    });
  }
  await Promise.all(sends);
}
