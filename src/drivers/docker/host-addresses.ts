import { createServer, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Host } from '../../ports/host.ts';
import type { Engine } from './engine.ts';

/** Both ends of the TCP connection to a host. */
export interface Ends {
  readonly local: string;
  readonly remote: string;
}

/**
 * How peers on a host reach this machine, and how other hosts reach that host. `ends`: of the connection to it; missing for an
 * engine on this machine; `indirect` where something stands between that hides them.
 */
export async function addressesOf(
  engine: Engine,
  address: string,
  ends: Ends | 'indirect' | undefined,
): Promise<Pick<Host, 'controlAddress' | 'hostAddress'>> {
  if (ends === 'indirect') return { hostAddress: address };
  // A loopback address would mean each container itself: what runs on this machine meets at the bridge's gateway.
  if (ends === undefined || isLoopback(ends.local)) {
    const here = await thisMachine(engine);
    const hostAddress = isLoopback(address) || ends !== undefined ? (here?.asHost ?? address) : address;
    return { hostAddress, ...(here === undefined ? {} : { controlAddress: here.asControl }) };
  }
  return { controlAddress: ends.local, hostAddress: ends.remote };
}

interface ThisMachine {
  readonly asControl: string;
  readonly asHost: string;
}

async function thisMachine({ gateway, isDesktop }: Engine): Promise<ThisMachine | undefined> {
  if (gateway !== undefined && (await isOurs(gateway))) return { asControl: gateway, asHost: gateway };
  // Docker Desktop's engine runs in a virtual machine, where this name stands for the machine around it.
  if (isDesktop) return { asControl: 'host.docker.internal', asHost: gateway ?? 'host.docker.internal' };
  // A rootless engine keeps its bridge to itself: any address of this machine that is not loopback will do.
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ address, internal }) => !internal && isIPv4(address))?.address;
  return outward === undefined ? undefined : { asControl: outward, asHost: outward };
}

/** Whether an address is this machine's. It is tried out: a bridge without containers is missing in the list of interfaces. */
function isOurs(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, address, () => probe.close(() => resolve(true)));
  });
}

const isLoopback = (address: string): boolean => /^(localhost|127\.|::1$|::ffff:127\.)/i.test(address);
