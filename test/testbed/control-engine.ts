import { join } from 'node:path';
import { startCapsule } from './capsule.ts';
import { dockerdIn, dockerSocketOf } from './dockerd.ts';
import type { Slot } from './slot.ts';

/**
 * The control machine's engine, beside whatever engine it has: in the machine's own network, so that published ports are
 * the machine's ports. It leaves the firewall alone; its proxy process publishes ports, and the bridge is made by us. Gives the path of its socket.
 */
export async function startControlEngine(slot: Slot, storageDriver: string | undefined): Promise<string> {
  const capsule = await startCapsule({ name: 'control', dir: join(slot.dir, 'control'), kind: 'engine' });
  const docker = await dockerdIn(capsule, {
    name: 'control',
    cgroupParent: `/${slot.mark}/control`,
    extraArgs: ['--bridge', slot.engineBridge, '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    ...(storageDriver === undefined ? {} : { storageDriver }),
  });
  await docker.start();
  return dockerSocketOf(capsule);
}
